package dev.sluice.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.DirectoryLock;
import dev.sluice.delivery.spool.SqliteSpool;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.sink.Failure;
import dev.sluice.sink.SampleMessage;
import dev.sluice.sink.Sink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** A sink that refuses a message of one stream for now, and takes those of others. */
final class HeldStreamsTests {

    @TempDir
    private Path directory;

    private DirectoryLock lock;

    @BeforeEach
    void lock() throws IOException {
        lock = DirectoryLock.take(directory);
    }

    @AfterEach
    void unlock() throws IOException {
        lock.close();
    }

    private static DeliveryProperties properties(int attempts, DataSize size) {
        return new DeliveryProperties(
                Mode.DURABLE, size, WhenFull.HOLD, attempts, Duration.ofMillis(20), Duration.ofMillis(100));
    }

    private DurableRoute route(ScriptedSink sink, int attempts, boolean untilDelivered) {
        return route(sink, properties(attempts, DataSize.ofMegabytes(10)), untilDelivered);
    }

    private DurableRoute route(ScriptedSink sink, DeliveryProperties properties, boolean untilDelivered) {
        SqliteSpool spool = SqliteSpool.open(
                lock, "in", List.of("sink"), properties.maxSpoolSize().toBytes());
        return new DurableRoute("in", Map.of("sink", sink), properties, spool, untilDelivered);
    }

    private static List<SampleMessage> messages(String connection, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> SampleMessage.of(connection, i, connection + "." + i))
                .toList();
    }

    private static ScriptedSink refusing(String connection) {
        return new ScriptedSink(payload -> payload.startsWith(connection + ".") ? Failure.passing("not now") : null);
    }

    private static List<String> of(ScriptedSink sink, String connection) {
        return sink.taken().stream()
                .filter(payload -> payload.startsWith(connection + "."))
                .toList();
    }

    private static List<String> payloads(String connection, int last) {
        return messages(connection, 1, last).stream()
                .map(message -> new String(message.getPayload(), UTF_8))
                .toList();
    }

    private static SinkLedger ledger(DurableRoute route) {
        return route.ledgers().getFirst();
    }

    @Test
    void othersInTheSameBatchAndBehindItGoOnAndItIsDeliveredInOrderLater() {
        ScriptedSink sink = refusing("a");
        try (DurableRoute route = route(sink, 0, false)) {
            List<SampleMessage> both = new ArrayList<>(messages("a", 1, 3));
            both.addAll(messages("b", 1, 3));
            route.accept(both);
            route.accept(messages("a", 4, 5));
            route.accept(messages("c", 1, 2));
            await().untilAsserted(() -> {
                assertThat(of(sink, "b")).isEqualTo(payloads("b", 3));
                assertThat(of(sink, "c")).isEqualTo(payloads("c", 2));
                assertThat(route.held("sink")).singleElement().satisfies(held -> {
                    assertThat(held.stream()).isEqualTo("a");
                    assertThat(held.messages()).isEqualTo(5);
                    assertThat(held.attempts()).isGreaterThan(1);
                    assertThat(held.lastError()).isEqualTo("not now");
                });
            });
            assertThat(route.spooled(ledger(route))).isEqualTo(5);
            assertThat(ledger(route).isFailing()).isFalse();
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertThat(of(sink, "a")).isEqualTo(payloads("a", 5)));
            await().untilAsserted(() -> assertThat(route.held("sink")).isEmpty());
            route.accept(messages("a", 6, 6));
            await().untilAsserted(() -> assertThat(of(sink, "a")).isEqualTo(payloads("a", 6)));
            await().untilAsserted(() -> assertThat(route.spooled(ledger(route))).isZero());
            await().untilAsserted(
                            () -> assertThat(route.spool().state().bytes()).isZero());
        }
    }

    @Test
    void othersThatComeAfterItAloneGoOn() {
        ScriptedSink sink = refusing("a");
        try (DurableRoute route = route(sink, 0, false)) {
            route.accept(messages("a", 1, 1));
            await().until(() -> sink.sentAt().size() > 2);
            assertThat(route.heldStreams("sink")).isZero();
            assertThat(ledger(route).isFailing()).isTrue();
            route.accept(messages("a", 2, 3));
            route.accept(messages("b", 1, 2));
            await().untilAsserted(() -> assertThat(of(sink, "b")).isEqualTo(payloads("b", 2)));
            await().untilAsserted(() -> assertThat(ledger(route).isFailing()).isFalse());
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertThat(of(sink, "a")).isEqualTo(payloads("a", 3)));
            assertThat(of(sink, "b")).isEqualTo(payloads("b", 2));
        }
    }

    @Test
    void aSinkThatTakesNothingHoldsNoStream() {
        ScriptedSink sink = ScriptedSink.away();
        try (DurableRoute route = route(sink, 0, false)) {
            for (String connection : List.of("a", "b", "c", "d")) {
                route.accept(messages(connection, 1, 3));
            }
            await().until(() -> sink.sentAt().size() > 10);
            assertThat(route.heldStreams("sink")).isZero();
            assertThat(ledger(route).isFailing()).isTrue();
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertThat(sink.taken()).hasSize(12));
            assertThat(sink.taken()).doesNotHaveDuplicates();
        }
    }

    @Test
    void aHeldMessageDiesAfterItsAttemptsAndThoseBehindItAreDelivered() {
        ScriptedSink sink = new ScriptedSink(payload -> payload.equals("a.2") ? Failure.passing("indigestible") : null);
        try (DurableRoute route = route(sink, 4, false)) {
            List<SampleMessage> both = new ArrayList<>(messages("a", 1, 4));
            both.addAll(messages("b", 1, 1));
            route.accept(both);
            await().untilAsserted(() -> assertThat(of(sink, "a")).containsExactly("a.1", "a.3", "a.4"));
            await().untilAsserted(() -> assertThat(route.spool().deadLetters("sink"))
                    .extracting(DeadLetter::position, DeadLetter::attempts)
                    .containsExactly(org.assertj.core.api.Assertions.tuple(1L, 4)));
            assertThat(ledger(route).delivered()).isEqualTo(4);
            assertThat(ledger(route).deadLettered()).isEqualTo(1);
        }
    }

    @Test
    void streamsThatAreHeldAreHeldAfterARestartToo() {
        try (DurableRoute route = route(refusing("a"), 0, false)) {
            List<SampleMessage> both = new ArrayList<>(messages("a", 1, 3));
            both.addAll(messages("b", 1, 1));
            route.accept(both);
            await().until(() -> route.spool().state().held().containsKey("sink"));
        }
        ScriptedSink sink = refusing("a");
        try (DurableRoute route = route(sink, 0, false)) {
            assertThat(route.heldStreams("sink")).isEqualTo(1);
            assertThat(route.inherited()).isEqualTo(3);
            assertThat(route.spooled(ledger(route))).isEqualTo(3);
            route.accept(messages("a", 4, 4));
            route.accept(messages("b", 2, 2));
            await().untilAsserted(() -> assertThat(of(sink, "b")).containsExactly("b.2"));
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertThat(of(sink, "a")).isEqualTo(payloads("a", 4)));
            await().untilAsserted(() -> assertThat(route.spooled(ledger(route))).isZero());
        }
    }

    @Test
    void noMoreThanAThousandStreamsAreHeldThenAllWait() {
        ScriptedSink sink = new ScriptedSink(payload -> payload.startsWith("good") ? null : Failure.passing("no"));
        DeliveryProperties patient = new DeliveryProperties(
                Mode.DURABLE,
                DataSize.ofMegabytes(10),
                WhenFull.HOLD,
                0,
                Duration.ofMillis(500),
                Duration.ofSeconds(2));
        try (DurableRoute route = route(sink, patient, false)) {
            for (int i = 0; i < 11; i++) {
                List<Envelope> some = new ArrayList<>();
                for (int j = 0; j < 100; j++) {
                    some.addAll(messages("bad" + (100 * i + j), 1, 1));
                }
                some.addAll(messages("good" + i, 1, 1));
                route.accept(some);
                // Of a batch for which there is no room as a whole, none is held before all of it is settled.
                int expected = Math.min(100 * (i + 1), 1000);
                await().atMost(Duration.ofMinutes(1)).until(() -> route.heldStreams("sink") == expected);
            }
            await().during(Duration.ofMillis(300)).until(() -> route.heldStreams("sink") == 1000);
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertThat(route.spooled(ledger(route))).isZero());
            assertThat(sink.taken()).doesNotHaveDuplicates().hasSize(1111);
        }
    }

    @Test
    void othersThatWereRefusedWhileTheSinkWasAwayAreTriedAgainOnceItIsBack() {
        Set<String> sent = ConcurrentHashMap.newKeySet();
        ScriptedSink sink = new ScriptedSink(payload -> {
            sent.add(payload);
            return Failure.passing("away");
        });
        try (DurableRoute route = route(sink, 0, false)) {
            route.accept(messages("a", 1, 1));
            await().until(() -> sent.contains("a.1"));
            route.accept(messages("b", 1, 1));
            await().until(() -> sent.contains("b.1"));
            sink.from(payload -> payload.startsWith("a.") ? Failure.passing("not now") : null);
            await().untilAsserted(() -> assertThat(sink.taken()).containsExactly("b.1"));
        }
    }

    @Test
    void noMoreThanABatchIsTakenAheadOfAStreamThatCannotBeHeld() {
        ScriptedSink sink = new ScriptedSink(payload -> payload.startsWith("bad") ? Failure.passing("no") : null);
        try (DurableRoute route = route(sink, properties(0, DataSize.ofMegabytes(1)), false)) {
            route.accept(List.of(SampleMessage.of("bad1", 1, "bad1" + "x".repeat(80_000))));
            route.accept(messages("good", 1, 1));
            await().until(() -> route.heldStreams("sink") == 1);
            route.accept(List.of(SampleMessage.of("bad2", 1, "bad2" + "x".repeat(80_000))));
            for (int i = 0; i < 40; i++) {
                List<Envelope> some = new ArrayList<>();
                for (int j = 0; j < 100; j++) {
                    some.addAll(messages("good" + (100 * i + j), 1, 1));
                }
                route.accept(some);
            }
            await().until(() -> sink.taken().size() > 500);
            // Perhaps a batch with the one that is refused, and then a batch ahead of it.
            await().during(Duration.ofSeconds(1)).until(() -> sink.taken().size() <= 2 * sink.batchSize() + 1);
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertThat(route.spooled(ledger(route))).isZero());
            assertThat(sink.taken()).doesNotHaveDuplicates().hasSize(4003);
        }
    }

    /** Takes one at a time, and longer to refuse it than the longest pause of its stream. */
    private static final class SlowSink implements Sink {

        private final Set<String> refused = ConcurrentHashMap.newKeySet();
        private final List<String> taken = new CopyOnWriteArrayList<>();

        @Override
        public Confirmation<Failure> send(List<? extends Envelope> messages) {
            String payload = new String(messages.getFirst().getPayload(), UTF_8);
            if (refused.contains(payload.substring(0, 1))) {
                LockSupport.parkNanos(Duration.ofMillis(150).toNanos());
                return Confirmation.none(1, Failure.passing("no"));
            }
            taken.add(payload);
            return Confirmation.all();
        }

        @Override
        public int batchSize() {
            return 1;
        }

        @Override
        public void close() {}
    }

    @Test
    void everyHeldStreamHasItsTurnHoweverLongOthersTake() {
        SlowSink sink = new SlowSink();
        sink.refused.addAll(List.of("a", "b", "c", "d"));
        SqliteSpool spool = SqliteSpool.open(lock, "in", List.of("sink"), 1 << 20);
        DeliveryProperties properties = properties(0, DataSize.ofMegabytes(1));
        try (DurableRoute route = new DurableRoute("in", Map.of("sink", sink), properties, spool, false)) {
            for (String stream : List.of("a", "b", "c", "d")) {
                int held = route.heldStreams("sink");
                route.accept(messages(stream, 1, 1));
                route.accept(messages("other" + stream, 1, 1));
                await().until(() -> route.heldStreams("sink") == held + 1);
            }
            sink.refused.remove("d");
            await().until(() -> sink.taken.contains("d.1"));
        }
    }

    @Test
    void noMoreThanATenthOfTheSpoolIsHeld() {
        ScriptedSink sink = refusing("a");
        try (DurableRoute route = route(sink, properties(0, DataSize.ofKilobytes(100)), false)) {
            List<Envelope> large = new ArrayList<>();
            for (int i = 1; i <= 30; i++) {
                large.add(SampleMessage.of("a", i, "a." + "x".repeat(1000)));
            }
            large.addAll(messages("b", 1, 1));
            route.accept(large.subList(0, 5));
            route.accept(messages("b", 1, 1));
            await().until(() -> route.heldStreams("sink") == 1);
            for (int i = 5; i < 30; i += 5) {
                route.accept(large.subList(i, i + 5));
            }
            await().during(Duration.ofMillis(300))
                    .until(() -> route.spool().state().held().get("sink").bytes() <= 12_000);
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertThat(route.spooled(ledger(route))).isZero());
            assertThat(of(sink, "a")).hasSize(30);
        }
    }

    @Test
    void ofDatagramsThoseOfOneSourceAddressAreHeld() {
        ScriptedSink sink = new ScriptedSink(payload -> payload.equals("bad") ? Failure.passing("no") : null);
        try (DurableRoute route = route(sink, 0, false)) {
            route.accept(List.of(
                    datagram("192.0.2.1", 5000, 1, "bad"),
                    datagram("192.0.2.1", 5001, 2, "behind"),
                    datagram("192.0.2.2", 5000, 3, "other")));
            await().untilAsserted(() -> assertThat(sink.taken()).containsExactly("other"));
            await().untilAsserted(() -> assertThat(route.held("sink"))
                    .extracting(HeldStreams.Shown::stream, HeldStreams.Shown::messages)
                    .containsExactly(org.assertj.core.api.Assertions.tuple("192.0.2.1", 2L)));
        }
    }

    private record Datagram(Origin origin, long sequence, long receivedAt, byte[] getPayload) implements Envelope {}

    private static Envelope datagram(String address, int port, long sequence, String text) {
        Origin origin = new Origin("in", address + ":" + port, "run", new InetSocketAddress(address, port));
        return new Datagram(origin, sequence, 1, text.getBytes(UTF_8));
    }

    @Test
    void whoeverWaitsUntilDeliveryWaitsForWhatIsHeldAndNotForOthers() {
        ScriptedSink sink = refusing("a");
        try (DurableRoute route = route(sink, 0, true)) {
            CompletableFuture<Route.@Nullable Refusal @Nullable []> held =
                    CompletableFuture.supplyAsync(() -> route.accept(messages("a", 1, 2)));
            await().until(() -> sink.sentAt().size() > 1);
            assertThat(route.accept(messages("b", 1, 2))).isNull();
            assertThat(route.accept(messages("c", 1, 2))).isNull();
            await().during(Duration.ofMillis(100)).until(() -> !held.isDone());
            sink.from(payload -> payload.equals("a.1") ? Failure.poison("bad") : null);
            assertThat(held.join()[0].reason()).isEqualTo("not delivered");
            assertThat(held.join()[1]).isNull();
        }
    }

    @Test
    void noDeathIsForgottenHoweverManyThereAreBeforeItsPeerHears() {
        ScriptedSink slow = ScriptedSink.away();
        ScriptedSink deadly = new ScriptedSink(payload -> Failure.poison("bad"));
        DeliveryProperties large = properties(0, DataSize.ofMegabytes(200));
        SqliteSpool spool = SqliteSpool.open(
                lock, "in", List.of("slow", "deadly"), large.maxSpoolSize().toBytes());
        try (DurableRoute route = new DurableRoute("in", Map.of("slow", slow, "deadly", deadly), large, spool, true)) {
            List<CompletableFuture<Route.@Nullable Refusal @Nullable []>> waiting = new ArrayList<>();
            for (int i = 0; i < 11; i++) {
                List<SampleMessage> some = messages("c" + i, 1, 10_000);
                waiting.add(CompletableFuture.supplyAsync(() -> route.accept(some), Thread::startVirtualThread));
            }
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> route.spool().state().deadLetters() == 110_000);
            slow.from(ScriptedSink.TAKES_ALL);
            for (CompletableFuture<Route.@Nullable Refusal @Nullable []> peer : waiting) {
                assertThat(peer.join()).isNotNull().doesNotContainNull().hasSize(10_000);
            }
        }
    }
}
