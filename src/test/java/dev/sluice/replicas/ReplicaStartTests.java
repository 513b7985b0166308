package dev.sluice.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.command.Cluster;
import dev.sluice.command.CommandLimits;
import dev.sluice.command.CommandRules;
import dev.sluice.command.CommandTerms;
import dev.sluice.command.CommandWatch;
import dev.sluice.command.Confirm;
import dev.sluice.command.Device;
import dev.sluice.command.DeviceCommands;
import dev.sluice.command.DeviceSocket;
import dev.sluice.command.Flight;
import dev.sluice.command.Mode;
import dev.sluice.command.NewCommand;
import dev.sluice.log.KafkaClients;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long a replica takes until it is ready, and how much it keeps, where there is much to read. */
@Tag("long")
@Timeout(value = 1, unit = TimeUnit.HOURS)
final class ReplicaStartTests {

    private static final int DEVICES = 1_000_000;
    private static final int COMMANDS = 100_000;
    /** Of what is asked of the engine and not yet done. */
    private static final int AHEAD = 2_000;

    /** Enough to tell how long a slow start takes. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final CommandTerms TERMS = new CommandTerms(Confirm.WRITTEN, 0, false, Duration.ofSeconds(10));

    @TempDir
    private Path folder;

    /** A connection that is there, and no more. */
    private record QuietSocket(String connection) implements DeviceSocket {

        @Override
        public String listener() {
            return "pumps";
        }

        @Override
        public String remote() {
            return "192.0.2.17:40000";
        }

        @Override
        public boolean write(Flight flight) {
            return true;
        }

        @Override
        public void close(Closing why) {}
    }

    private static final CommandRules RULES = new CommandRules() {
        @Override
        public NewCommand complete(String id, Written written) {
            return command(written.device(), id);
        }

        @Override
        public int maxPending(Device device) {
            return 50;
        }
    };

    private static NewCommand command(Device device, String id) {
        return new NewCommand(
                device, id, new byte[40], Mode.AT_LEAST_ONCE, 3, Duration.ofMinutes(50), Confirm.WRITTEN, 50, "pumps");
    }

    @Test
    void aReplicaStartsOverAMillionDevices() throws Exception {
        try (Site site = new Site(folder, 1, "15s")) {
            Site.Replica replica = site.replicas().getFirst();
            long idle = replica.liveHeap();
            Map<String, Object> settings = Map.of("bootstrap.servers", site.brokers());
            Cluster cluster = new Cluster(
                    new KafkaClients(settings, settings, settings),
                    Site.PREFIX,
                    "filler",
                    Duration.ofSeconds(15),
                    12,
                    1,
                    true,
                    Duration.ofHours(1));
            try (DeviceCommands filler =
                    DeviceCommands.join(cluster, CommandLimits.DEFAULT, RULES, new CommandWatch() {})) {
                Site.await("the other replica", filler::isReady);
                replica.stop();
                long begin = System.nanoTime();
                for (int i = 0; i < DEVICES; i++) {
                    filler.connected(
                            new Device("pumps", "3520930%08d".formatted(i)),
                            new QuietSocket("c-%010x".formatted(i)),
                            TERMS);
                    if (i % AHEAD == 0) {
                        filler.device(new Device("pumps", "nobody")).get(1, TimeUnit.MINUTES);
                    }
                }
                Deque<CompletableFuture<?>> waiting = new ArrayDeque<>();
                for (int i = 0; i < COMMANDS; i++) {
                    waiting.add(filler.submit(command(new Device("pumps", "away-" + i), "w" + i)));
                    if (waiting.size() > AHEAD) {
                        waiting.removeFirst().get(1, TimeUnit.MINUTES);
                    }
                }
                for (CompletableFuture<?> each : waiting) {
                    each.get(1, TimeUnit.MINUTES);
                }
                System.out.printf("Written in %d s%n", (System.nanoTime() - begin) / 1_000_000_000);
                for (int i = 0; i < 3; i++) {
                    begin = System.nanoTime();
                    replica.start();
                    replica.awaitReady(PATIENCE);
                    long ready = System.nanoTime();
                    Duration cpu = replica.cpu();
                    assertThat(replica.get("/actuator/devices?offset=0&limit=1")
                                    .get("total")
                                    .asInt())
                            .isEqualTo(DEVICES);
                    assertThat(replica.get("/actuator/commands")
                                    .at("/ledger/pending")
                                    .asInt())
                            .isEqualTo(COMMANDS);
                    System.out.printf(
                            "Ready after %d ms, %d ms of them on a processor; live heap %d MB, at first %d MB%n",
                            (ready - begin) / 1_000_000, cpu.toMillis(), replica.liveHeap() >> 20, idle >> 20);
                    replica.stop();
                }
            }
        }
    }
}
