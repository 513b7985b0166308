package dev.sluice.management;

import dev.sluice.command.DeviceCommands;
import dev.sluice.device.CommandDesk;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** Shows the processes that serve the same devices, of which there is one: {@code /actuator/replicas}. */
@Endpoint(id = "replicas")
final class ReplicasEndpoint {

    /** As devices have it that are connected to this process. */
    private final CommandDesk desk;

    ReplicasEndpoint(CommandDesk desk) {
        this.desk = desk;
    }

    /**
     * A process.
     *
     * @param since when it started
     * @param devices how many are connected to it
     * @param lastHeard when it was last known to live
     */
    record Replica(String name, Instant since, int devices, Instant lastHeard) {}

    record Replicas(List<Replica> replicas) {}

    @ReadOperation
    Replicas replicas() {
        return new Replicas(List.of(new Replica(
                "local",
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()),
                desk.commands().map(DeviceCommands::connectedDevices).orElse(0),
                Instant.now())));
    }
}
