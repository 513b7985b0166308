package dev.sluice.command;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.command.AnsweringSocket.Answer;
import dev.sluice.command.DeviceSocket.Closing;
import dev.sluice.log.KafkaClients;
import dev.sluice.log.WrongTopicsException;
import dev.sluice.sink.kafka.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Replicas in one process, over a broker. */
final class ClusterTests {

    private static final Device DEVICE = new Device("meters", "4711");
    private static final CommandTerms NUMBERED = new CommandTerms(Confirm.ANSWER, 256, false, Duration.ofSeconds(2));
    private static final Duration LONG = Duration.ofSeconds(30);

    private static KafkaBroker broker;
    private static int clusters;

    private final String prefix = "t" + ++clusters + ".";
    private final List<DeviceCommands> replicas = new ArrayList<>();

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @AfterEach
    void close() throws Exception {
        for (DeviceCommands replica : replicas) {
            replica.close();
        }
    }

    private static final CommandRules RULES = new CommandRules() {

        @Override
        public NewCommand complete(String id, Written written) {
            Duration ttl = written.ttl() == null ? Duration.ofMinutes(1) : written.ttl();
            return new NewCommand(
                    written.device(), id, written.payload(), Mode.AT_LEAST_ONCE, 3, ttl, Confirm.ANSWER, 50, "meters");
        }

        @Override
        public int maxPending(Device device) {
            return 50;
        }
    };

    private DeviceCommands join(String name) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.servers());
        Cluster cluster = new Cluster(
                new KafkaClients(settings, settings, settings), prefix, name, LONG, 3, 1, true, Duration.ofHours(1));
        DeviceCommands replica = DeviceCommands.join(cluster, CommandLimits.DEFAULT, RULES, new CommandWatch() {});
        replicas.add(replica);
        await().atMost(LONG).until(replica::isReady);
        return replica;
    }

    private static AnsweringSocket connect(DeviceCommands replica, Function<Flight, Answer> answer) {
        AnsweringSocket socket = new AnsweringSocket(replica, true, answer);
        replica.connected(DEVICE, socket, NUMBERED);
        return socket;
    }

    private static CompletableFuture<Submission> submit(DeviceCommands replica, String id, Mode mode) {
        byte[] payload = id.getBytes(StandardCharsets.UTF_8);
        return replica.submit(
                new NewCommand(DEVICE, id, payload, mode, 3, Duration.ofMinutes(1), Confirm.ANSWER, 50, "meters"));
    }

    private static Outcome outcome(DeviceCommands replica, String id) throws Exception {
        return replica.await(id, LONG).get(40, SECONDS).orElseThrow().outcome();
    }

    @Test
    void aCommandReachesItsDeviceThroughTheOnlyReplica() throws Exception {
        DeviceCommands only = join("a");
        assertThat(submit(only, "one", Mode.AT_LEAST_ONCE).get(30, SECONDS).known())
                .isFalse();
        AnsweringSocket socket = connect(only, _ -> Answer.YES);
        assertThat(outcome(only, "one")).isEqualTo(Outcome.CONFIRMED);
        assertThat(socket.flights)
                .singleElement()
                .satisfies(flight -> assertThat(flight.payload())
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo("one"));
        assertThat(submit(only, "one", Mode.AT_LEAST_ONCE).get(30, SECONDS).known())
                .isTrue();
    }

    @Test
    void allThatIsTakenIsSaidToBe() throws Exception {
        DeviceCommands a = join("a");
        DeviceCommands b = join("b");
        List<Device> devices = IntStream.range(0, 20)
                .mapToObj(i -> new Device("meters", "d" + i))
                .toList();
        for (Device device : devices) {
            a.connected(device, new AnsweringSocket(a, true, _ -> Answer.YES), NUMBERED);
        }
        List<CompletableFuture<Submission>> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            NewCommand command = new NewCommand(
                    devices.get(i % 20),
                    "n" + i,
                    new byte[] {1},
                    Mode.AT_LEAST_ONCE,
                    3,
                    Duration.ofMinutes(1),
                    Confirm.WRITTEN,
                    1_000,
                    "meters");
            all.add((i % 2 == 0 ? a : b).submit(command));
            if (i % 50 == 0) {
                all.getLast().get(30, SECONDS);
            }
        }
        for (CompletableFuture<Submission> each : all) {
            assertThat(each.get(30, SECONDS).known()).isFalse();
        }
    }

    @Test
    void aCommandReachesItsDeviceAtAnotherReplica() throws Exception {
        DeviceCommands a = join("a");
        DeviceCommands b = join("b");
        AnsweringSocket socket = connect(a, _ -> Answer.YES);
        for (int i = 0; i < 20; i++) {
            submit(i % 2 == 0 ? a : b, "c" + i, Mode.AT_LEAST_ONCE).get(30, SECONDS);
            assertThat(outcome(i % 3 == 0 ? a : b, "c" + i)).isEqualTo(Outcome.CONFIRMED);
        }
        assertThat(socket.flights).hasSize(20);
        // The name of a replica is known once its first heartbeat has been read.
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(b.device(DEVICE).get(30, SECONDS))
                        .hasValueSatisfying(found -> {
                            assertThat(found.replica()).isEqualTo("a");
                            assertThat(found.remote()).isEqualTo(socket.remote());
                        }));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(b.replicas().get(30, SECONDS))
                        .extracting(LiveReplica::name)
                        .containsExactlyInAnyOrder("a", "b"));

        assertThat(b.disconnect(DEVICE).get(30, SECONDS)).isTrue();
        assertThat(socket.closings).containsExactly(Closing.ASKED);
        assertThat(b.device(DEVICE).get(30, SECONDS)).isEmpty();
    }

    @Test
    void aDeviceThatMovesIsHeldByTheLaterReplica() throws Exception {
        DeviceCommands a = join("a");
        DeviceCommands b = join("b");
        AnsweringSocket first = connect(a, _ -> Answer.YES);
        await().atMost(LONG).until(() -> b.device(DEVICE).get(30, SECONDS).isPresent());
        AnsweringSocket second = connect(b, _ -> Answer.YES);
        await().atMost(LONG).untilAsserted(() -> assertThat(first.closings).containsExactly(Closing.REPLACED));
        submit(a, "one", Mode.AT_MOST_ONCE).get(30, SECONDS);
        assertThat(outcome(b, "one")).isEqualTo(Outcome.CONFIRMED);
        assertThat(first.flights).isEmpty();
        assertThat(second.flights).hasSize(1);
    }

    @Test
    void ofTwoConnectionsAtOnceOneStaysAndAllAgree() throws Exception {
        DeviceCommands a = join("a");
        DeviceCommands b = join("b");
        AnsweringSocket first = connect(a, _ -> Answer.YES);
        AnsweringSocket second = connect(b, _ -> Answer.YES);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(first.closings.size() + second.closings.size())
                        .isOne());
        String winner = first.closings.isEmpty() ? "a" : "b";
        for (DeviceCommands replica : replicas) {
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(replica.device(DEVICE).get(30, SECONDS))
                            .hasValueSatisfying(
                                    found -> assertThat(found.replica()).isEqualTo(winner)));
        }
    }

    @Test
    void twoDevicesOfOneIdentityAtTwoReplicasAreRefusedAfterAWhile() throws Exception {
        DeviceCommands a = join("a");
        DeviceCommands b = join("b");
        AnsweringSocket last = connect(a, _ -> Answer.YES);
        await().atMost(LONG).until(() -> b.device(DEVICE).get(30, SECONDS).isPresent());
        for (int i = 0; i < 6; i++) {
            AnsweringSocket before = last;
            last = connect(i % 2 == 0 ? b : a, _ -> Answer.YES);
            await().atMost(LONG).untilAsserted(() -> assertThat(before.closings).containsExactly(Closing.REPLACED));
        }
        // The last one is at a. Which connection of a's own has it is not for the log to say.
        AnsweringSocket elsewhere = connect(b, _ -> Answer.YES);
        await().atMost(LONG).untilAsserted(() -> assertThat(elsewhere.closings).containsExactly(Closing.RESTLESS));
        assertThat(last.closings).isEmpty();
        AnsweringSocket held = last;
        AnsweringSocket again = connect(a, _ -> Answer.YES);
        await().atMost(LONG).untilAsserted(() -> assertThat(held.closings).containsExactly(Closing.REPLACED));
        assertThat(again.closings).isEmpty();
    }

    /** Whether the log hears first that it has left or that it has come is chance. */
    @Test
    void aDeviceThatGoesFromReplicaToReplicaIsNotTakenForTwo() throws Exception {
        List<DeviceCommands> both = List.of(join("a"), join("b"));
        for (int i = 0; i < 16; i++) {
            DeviceCommands here = both.get(i % 2);
            DeviceCommands there = both.get((i + 1) % 2);
            AnsweringSocket socket = connect(here, _ -> Answer.YES);
            await().atMost(LONG)
                    .until(() -> there.device(DEVICE)
                            .get(30, SECONDS)
                            .filter(found -> found.connection().equals(socket.connection()))
                            .isPresent());
            assertThat(socket.closings).isEmpty();
            here.gone(socket);
        }
    }

    @Test
    void aNewcomerIsRefusedWhereTheDeviceIsKnownToBeElsewhere() throws Exception {
        DeviceCommands a = join("a");
        DeviceCommands b = join("b");
        AnsweringSocket first = new AnsweringSocket(a, true, _ -> Answer.YES);
        a.connected(DEVICE, first, NUMBERED);
        await().atMost(LONG).until(() -> b.device(DEVICE).get(30, SECONDS).isPresent());
        AnsweringSocket second = new AnsweringSocket(b, true, _ -> Answer.YES) {
            @Override
            public Rivals rivals() {
                return Rivals.KEPT;
            }
        };
        b.connected(DEVICE, second, NUMBERED);
        await().atMost(LONG).untilAsserted(() -> assertThat(second.closings).containsExactly(Closing.REFUSED));
        assertThat(first.closings).isEmpty();
    }

    @Test
    void anybodyWritesCommandsAndReadsWhatBecameOfThem() throws Exception {
        DeviceCommands only = join("a");
        AnsweringSocket socket = connect(only, _ -> Answer.YES);
        write("meters/4711", "good", Map.of("ce_id", "one", "sluice-ttl", "10m"));
        write("meters/4711", "bad", Map.of("ce_id", "two", "sluice-ttl", "soon"));
        write("nobody", "lost", Map.of("ce_id", "three"));
        assertThat(outcome(only, "one")).isEqualTo(Outcome.CONFIRMED);
        assertThat(outcome(only, "two")).isEqualTo(Outcome.REFUSED);
        assertThat(outcome(only, "three")).isEqualTo(Outcome.REFUSED);
        assertThat(socket.flights).extracting(Flight::command).containsExactly("one");

        Map<String, String> outcomes = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> each : broker.records(prefix + "outcomes", 3)) {
            assertThat(header(each, "ce_type")).isEqualTo("dev.sluice.outcome");
            outcomes.put(header(each, "ce_id"), new String(each.key(), StandardCharsets.UTF_8));
            assertThat(new String(each.value(), StandardCharsets.UTF_8))
                    .contains("\"outcome\":\"" + (header(each, "ce_id").equals("one") ? "confirmed" : "refused"));
            if (header(each, "ce_id").equals("one")) {
                assertThat(new String(each.value(), StandardCharsets.UTF_8))
                        .contains("\"listener\":\"meters\"", "\"mode\":\"at-least-once\"", "\"attempts\":1")
                        .contains("\"submittedAt\":\"20", "\"expiresAt\":\"20");
            }
        }
        assertThat(outcomes)
                .containsOnly(
                        Map.entry("one", "meters/4711"),
                        Map.entry("two", "meters/4711"),
                        Map.entry("three", "/nobody"));
    }

    private void write(String key, String value, Map<String, String> headers) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.servers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> written = new ProducerRecord<>(
                    prefix + "commands", key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
            headers.forEach((name, said) -> written.headers().add(name, said.getBytes(StandardCharsets.UTF_8)));
            producer.send(written).get(20, SECONDS);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> found, String name) {
        return new String(found.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void topicsThatCannotBeUsedAreToldWithTheirCures() {
        broker.createTopic(prefix + "commands", 2, Map.of("retention.ms", "1000"));
        assertThatThrownBy(() -> join("a"))
                .isInstanceOf(WrongTopicsException.class)
                .hasMessageContaining("topic '" + prefix + "commands' has 2 partitions, not 3")
                .hasMessageContaining("has message.timestamp.type=CreateTime, which is not LogAppendTime")
                .hasMessageContaining("has retention.ms=1000, which is less than 7200000")
                .hasMessageContaining("--alter --topic " + prefix + "commands --add-config retention.ms=7200000");
    }
}
