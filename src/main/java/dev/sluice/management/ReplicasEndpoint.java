package dev.sluice.management;

import dev.sluice.command.DeviceCommands;
import dev.sluice.command.LiveReplica;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** Shows the processes that serve the same devices: {@code /actuator/replicas}. */
@Endpoint(id = "replicas")
final class ReplicasEndpoint {

    private final CommandCalls calls;

    ReplicasEndpoint(CommandCalls calls) {
        this.calls = calls;
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
        List<Replica> found =
                calls.desk().commands().map(commands -> calls.get(commands.replicas())).orElse(List.of()).stream()
                        .sorted(Comparator.comparing(LiveReplica::name))
                        .map(each -> new Replica(each.name(), each.since(), each.devices(), each.lastHeard()))
                        .toList();
        return new Replicas(found.isEmpty() ? List.of(self()) : found);
    }

    private Replica self() {
        return new Replica(
                "local",
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()),
                calls.desk().commands().map(DeviceCommands::connectedDevices).orElse(0),
                Instant.now());
    }
}
