package dev.sluice.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.recovery.SpoolRecovery;
import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.Acceptance.Refusal.Kind;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.RuledMessage;
import dev.sluice.sink.SampleMessage;
import dev.sluice.sink.Sink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.util.unit.DataSize;

final class DurableRouteTests {

    @RegisterExtension
    private final LockedDirectory directory = new LockedDirectory();

    private static DeliveryProperties attempts(int attempts) {
        return properties(attempts, DataSize.ofMegabytes(1), WhenFull.HOLD);
    }

    private static DeliveryProperties properties(int attempts, DataSize size, WhenFull whenFull) {
        return new DeliveryProperties(
                Mode.DURABLE, size, whenFull, attempts, Duration.ofMillis(20), Duration.ofMillis(100));
    }

    private DurableRoute route(Map<String, Sink> sinks, DeliveryProperties properties, boolean untilDelivered) {
        return route(sinks, sinks.keySet(), properties, untilDelivered);
    }

    /**
     * @param own the names of the sinks that get messages whose rule names none
     */
    private DurableRoute route(
            Map<String, Sink> sinks, Collection<String> own, DeliveryProperties properties, boolean untilDelivered) {
        Spool spool = SpoolRecovery.open(
                directory.lock(),
                "greeter",
                sinks.keySet(),
                own,
                properties.maxSpoolSize().toBytes());
        return new DurableRoute("greeter", sinks, properties, spool, untilDelivered);
    }

    /** A message {@code a7} is the seventh of connection {@code a}. */
    private static RuledMessage ruled(String text, String... sinks) {
        int sequence = Integer.parseInt(text.substring(1));
        return new RuledMessage(
                SampleMessage.of(text.substring(0, 1), sequence, text), sinks.length == 0 ? null : List.of(sinks));
    }

    private static List<SampleMessage> messages(String connection, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> SampleMessage.of(connection, i, connection + i))
                .toList();
    }

    private static void assertCounts(DurableRoute route, String sink, long delivered, long spooled, long dead) {
        SinkLedger ledger = ledger(route, sink);
        assertThat(List.of(ledger.delivered(), route.spooled(ledger), ledger.deadLettered()))
                .as("delivered, spooled and dead letters of " + sink)
                .containsExactly(delivered, spooled, dead);
    }

    private static SinkLedger ledger(DurableRoute route, String sink) {
        return route.ledgers().stream()
                .filter(ledger -> ledger.sink().equals(sink))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> reasons(Confirmation<Refusal> confirmation) {
        return confirmation.failures().values().stream()
                .map(refusal -> refusal.kind() + " " + refusal.reason())
                .toList();
    }

    @Test
    void sendsAgainWithGrowingPausesUntilTheSinkTakesThemInTheOrderOfTheirConnections() {
        ScriptedSink sink = ScriptedSink.away();
        try (DurableRoute route = route(Map.of("sink", sink), attempts(0), false)) {
            List<SampleMessage> both = new ArrayList<>(messages("a", 1, 3));
            both.addAll(messages("b", 1, 3));
            assertThat(route.accept(both).complete()).isTrue();
            await().until(() -> sink.sentAt().size() >= 5);
            assertThat(sink.sentAt().get(4) - sink.sentAt().get(3)).isGreaterThan(39_000_000);
            assertThat(ledger(route, "sink").isFailing()).isTrue();
            assertThat(ledger(route, "sink").attempts()).isPositive();
            assertThat(ledger(route, "sink").lastError()).isEqualTo("away");
            assertCounts(route, "sink", 0, 6, 0);
            sink.from(payload -> payload.equals("a2") ? Failure.passing("not yet") : null);
            await().until(() -> sink.taken().contains("b3"));
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertCounts(route, "sink", 6, 0, 0));
            assertThat(sink.taken())
                    .filteredOn(payload -> payload.startsWith("a"))
                    .containsExactly("a1", "a2", "a3");
            assertThat(sink.taken())
                    .filteredOn(payload -> payload.startsWith("b"))
                    .containsExactly("b1", "b2", "b3");
            assertThat(ledger(route, "sink").isFailing()).isFalse();
            assertThat(ledger(route, "sink").attempts()).isZero();
        }
    }

    @Test
    void aMessageDiesAfterItsAttemptsAndThoseBehindItInItsConnectionAreDelivered() {
        ScriptedSink sink = new ScriptedSink(payload -> payload.equals("a2") ? Failure.passing("indigestible") : null);
        try (DurableRoute route = route(Map.of("sink", sink), attempts(2), false)) {
            route.accept(messages("a", 1, 4));
            await().untilAsserted(() -> assertCounts(route, "sink", 3, 0, 1));
            assertThat(sink.taken()).containsExactly("a1", "a3", "a4");
            assertThat(ledger(route, "sink").isFailing()).isFalse();
            await().untilAsserted(() -> assertThat(route.spool().queries().deadLetters("sink", 0, 10_000))
                    .extracting(DeadLetter::position, DeadLetter::attempts, DeadLetter::reason)
                    .containsExactly(tuple(1L, 2, "indigestible")));
        }
    }

    @Test
    void theSinkStaysDownWhileItsMessagesDie() {
        ScriptedSink sink = ScriptedSink.away();
        try (DurableRoute route = route(Map.of("sink", sink), attempts(2), false)) {
            route.accept(messages("a", 1, 3));
            await().untilAsserted(() -> assertCounts(route, "sink", 0, 0, 3));
            assertThat(ledger(route, "sink").isFailing()).isTrue();
        }
    }

    @Test
    void aPoisonousMessageDiesAtOnceAndDoesNotMakeTheSinkDown() {
        ScriptedSink sink = new ScriptedSink(payload -> payload.equals("a1") ? Failure.poison("bad") : null);
        try (DurableRoute route = route(Map.of("sink", sink), attempts(0), false)) {
            route.accept(messages("a", 1, 2));
            await().untilAsserted(() -> assertCounts(route, "sink", 1, 0, 1));
            assertThat(sink.sentAt()).hasSize(1);
            assertThat(ledger(route, "sink").isFailing()).isFalse();
            assertThat(ledger(route, "sink").lastError()).isEqualTo("bad");
        }
    }

    @Test
    void aSinkThatIsAwayHoldsUpNoOther() {
        ScriptedSink one = new ScriptedSink(ScriptedSink.TAKES_ALL);
        ScriptedSink other = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route =
                route(Map.of("one", one, "away", ScriptedSink.away(), "other", other), attempts(0), false)) {
            route.accept(messages("a", 1, 3));
            await().untilAsserted(() -> {
                assertCounts(route, "one", 3, 0, 0);
                assertCounts(route, "other", 3, 0, 0);
                assertCounts(route, "away", 0, 3, 0);
            });
        }
    }

    @Test
    void aSinkThatLeavesItsThreadInterruptedIsSentToAllTheSame() {
        ScriptedSink sink = new ScriptedSink(payload -> {
            Thread.currentThread().interrupt();
            return payload.equals("a1") ? Failure.poison("bad") : null;
        });
        try (DurableRoute route = route(Map.of("sink", sink), attempts(0), false)) {
            route.accept(messages("a", 1, 1));
            route.accept(messages("a", 2, 2));
            await().untilAsserted(() -> assertCounts(route, "sink", 1, 0, 1));
        }
    }

    @Test
    void whoeverWaitsUntilDeliveryHearsOfEveryMessageThatDied() {
        ScriptedSink good = new ScriptedSink(ScriptedSink.TAKES_ALL);
        ScriptedSink sink = new ScriptedSink(payload -> payload.endsWith("0") ? Failure.poison("round") : null);
        try (DurableRoute route = route(Map.of("good", good, "sink", sink), attempts(0), true)) {
            for (int i = 0; i < 300; i++) {
                assertThat(route.accept(messages("a", 10 * i + 9, 10 * i + 11)).failures())
                        .containsExactly(entry(1, new Refusal("not delivered", Kind.UNDELIVERED)));
            }
        }
    }

    @Test
    void whoeverWaitsUntilDeliveryIsLetGoWhenTheListenerStopsAndServedWhenItStartsAgain() {
        ScriptedSink sink = ScriptedSink.away();
        try (DurableRoute route = route(Map.of("sink", sink), attempts(0), true)) {
            CompletableFuture<List<String>> waiting =
                    CompletableFuture.supplyAsync(() -> reasons(route.accept(messages("a", 1, 1))));
            await().until(() -> sink.sentAt().size() > 1);
            assertThat(waiting).isNotDone();
            route.refuseHeld(true);
            assertThat(waiting.join()).singleElement().asString().startsWith(Kind.UNDELIVERED + " not delivered yet");
            route.refuseHeld(false);
            sink.from(ScriptedSink.TAKES_ALL);
            assertThat(route.accept(messages("a", 2, 2)).complete()).isTrue();
            assertCounts(route, "sink", 2, 0, 0);
        }
    }

    @Test
    void whoeverWaitsUntilDeliveryIsLetGoByAnInterruptAndWhatTheSpoolHasIsDelivered() throws Exception {
        ScriptedSink sink = ScriptedSink.away();
        try (DurableRoute route = route(Map.of("sink", sink), attempts(0), true)) {
            Interruptible waiting = new Interruptible(() -> route.accept(messages("a", 1, 2)));
            await().until(() -> route.spooled(ledger(route, "sink")) == 2);
            assertThat(waiting.interrupt())
                    .hasSize(2)
                    .allSatisfy(reason -> assertThat(reason).startsWith(Kind.UNDELIVERED + " not delivered yet"));
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertCounts(route, "sink", 2, 0, 0));
            assertThat(sink.taken()).containsExactly("a1", "a2");
        }
    }

    @Test
    void whoeverWaitsForRoomIsLetGoByAnInterruptAndNothingOfItIsKept() throws Exception {
        ScriptedSink sink = ScriptedSink.away();
        DeliveryProperties small = properties(0, DataSize.ofBytes(100), WhenFull.HOLD);
        try (DurableRoute route = route(Map.of("sink", sink), small, false)) {
            assertThat(route.accept(messages("a", 1, 1)).complete()).isTrue();
            Interruptible waiting =
                    new Interruptible(() -> route.accept(List.of(SampleMessage.of("a", 2, "x".repeat(90)))));
            waiting.awaitWait();
            assertThat(waiting.interrupt()).singleElement().asString().startsWith(Kind.INTERRUPTED.name());
            sink.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertCounts(route, "sink", 1, 0, 0));
            assertThat(route.accept(messages("a", 3, 3)).complete()).isTrue();
            await().untilAsserted(() -> assertCounts(route, "sink", 2, 0, 0));
            assertThat(sink.taken()).containsExactly("a1", "a3");
        }
    }

    @Test
    void whoeverWaitsForTheDiskIsLetGoByAnInterruptAndNothingOfItIsWrittenLater() throws Exception {
        ScriptedSink sink = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route = route(Map.of("sink", sink), attempts(0), false)) {
            Path spool = directory.path().resolve("greeter.spool");
            Path moved = directory.path().resolve("moved");
            Files.move(spool, moved);
            await().until(() -> route.spool().state().failure() != null);
            List<Interruptible> waiting = new ArrayList<>();
            // The first of them are with the writer, those behind them in its queue.
            for (int i = 1; i <= 20; i++) {
                int number = i;
                waiting.add(new Interruptible(() -> route.accept(messages("a", number, number))));
                waiting.getLast().awaitWait();
            }
            for (Interruptible one : waiting) {
                assertThat(one.interrupt()).singleElement().asString().startsWith(Kind.INTERRUPTED.name());
            }
            Files.move(moved, spool);
            await().until(() -> route.spool().state().failure() == null);
            assertThat(route.accept(messages("a", 21, 21)).complete()).isTrue();
            await().untilAsserted(() -> assertCounts(route, "sink", 1, 0, 0));
            assertThat(sink.taken()).containsExactly("a21");
            assertThat(route.spool().state().bytes()).isZero();
        }
    }

    /** Whatever the moment, it is either in the spool and delivered, or refused: never both, never neither. */
    @Test
    void anInterruptInTheMidstOfACommitLosesAndDoublesNothing() throws Exception {
        ScriptedSink sink = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route = route(Map.of("sink", sink), attempts(0), false)) {
            Random random = new Random(24);
            List<String> accepted = new ArrayList<>();
            for (int i = 1; i <= 300; i++) {
                int number = i;
                Interruptible one = new Interruptible(() -> route.accept(messages("a", number, number)));
                LockSupport.parkNanos(random.nextInt(1_000_000));
                if (one.interrupt().isEmpty()) {
                    accepted.add("a" + i);
                }
            }
            await().untilAsserted(() -> assertCounts(route, "sink", accepted.size(), 0, 0));
            assertThat(sink.taken()).containsExactlyElementsOf(accepted);
        }
    }

    /** Somebody who waits for a route, and can be interrupted. */
    private static final class Interruptible {

        private final CompletableFuture<List<String>> reasons = new CompletableFuture<>();
        private final Thread thread;

        Interruptible(Supplier<Confirmation<Refusal>> wait) {
            thread = Thread.ofVirtual().start(() -> reasons.complete(reasons(wait.get())));
        }

        void awaitWait() {
            await().until(() -> thread.getState() == Thread.State.WAITING);
        }

        /** Why each message is refused; empty if all are accepted. */
        List<String> interrupt() throws Exception {
            thread.interrupt();
            return reasons.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aFullSpoolDropsWhatComesIfItIsTo() {
        ScriptedSink sink = ScriptedSink.away();
        DeliveryProperties small = properties(0, DataSize.ofBytes(500), WhenFull.DROP);
        try (DurableRoute route = route(Map.of("sink", sink), small, false)) {
            Confirmation<Refusal> confirmation = Confirmation.all();
            int accepted = 0;
            while (confirmation.complete() && accepted < 100) {
                confirmation = route.accept(messages("a", accepted + 1, accepted + 1));
                accepted += confirmation.complete() ? 1 : 0;
            }
            assertThat(reasons(confirmation)).singleElement().asString().startsWith(Kind.DROPPED.name());
            assertCounts(route, "sink", 0, accepted, 0);
        }
    }

    @Test
    void aFullSpoolHoldsWhatComesUntilThereIsRoomOrTheListenerStops() {
        ScriptedSink sink = ScriptedSink.away();
        DeliveryProperties small = properties(0, DataSize.ofBytes(100), WhenFull.HOLD);
        try (DurableRoute route = route(Map.of("sink", sink), small, false)) {
            assertThat(route.accept(messages("a", 1, 1)).complete()).isTrue();
            List<? extends Envelope> large = List.of(SampleMessage.of("a", 2, "x".repeat(90)));
            CompletableFuture<List<String>> refused = CompletableFuture.supplyAsync(() -> reasons(route.accept(large)));
            await().during(Duration.ofMillis(100)).until(() -> !refused.isDone());
            route.refuseHeld(true);
            assertThat(refused.join()).singleElement().asString().startsWith(Kind.FAILED.name());
            route.refuseHeld(false);
            CompletableFuture<List<String>> held = CompletableFuture.supplyAsync(() -> reasons(route.accept(large)));
            await().during(Duration.ofMillis(100)).until(() -> !held.isDone());
            sink.from(ScriptedSink.TAKES_ALL);
            assertThat(held.join()).isEmpty();
            await().untilAsserted(() -> assertCounts(route, "sink", 2, 0, 0));
        }
    }

    @Test
    void deadLettersAreSentOnceMoreAndWhatIsTakenThenIsDelivered() {
        ScriptedSink sink = new ScriptedSink(payload -> Failure.poison("bad"));
        try (DurableRoute route = route(Map.of("sink", sink), attempts(0), false)) {
            for (int i = 0; i < 5; i++) {
                route.accept(messages("a", 500 * i + 1, 500 * i + 500));
            }
            await().untilAsserted(() -> {
                assertCounts(route, "sink", 0, 0, 2500);
                assertThat(route.spool().deadLetterCounts()).containsExactly(Map.entry("sink", 2500L));
            });
            sink.from(payload -> payload.equals("a7") ? Failure.poison("bad") : null);
            assertThat(route.replay()).isEqualTo(2500);
            await().untilAsserted(() -> assertCounts(route, "sink", 2499, 0, 1));
            assertThat(sink.taken()).startsWith("a1", "a2").hasSize(2499);
            assertThat(route.spool().queries().deadLetters("sink", 0, 10_000))
                    .singleElement()
                    .extracting(DeadLetter::position)
                    .isEqualTo(6L);
        }
    }

    @Test
    void whatIsPurgedWhileItIsSentOnceMoreCountsOnce() {
        ScriptedSink sink = new ScriptedSink(payload -> Failure.poison("bad"));
        try (DurableRoute route = route(Map.of("sink", sink), attempts(0), false)) {
            route.accept(messages("a", 1, 3000));
            await().until(() -> route.spool().deadLetterCounts().equals(Map.of("sink", 3000L)));
            sink.from(ScriptedSink.TAKES_ALL);
            route.replay();
            long purged = route.purgeDeadLetters("sink");
            await().untilAsserted(() -> {
                assertThat(route.spool().deadLetterCounts()).isEmpty();
                assertCounts(route, "sink", 3000 - purged, 0, 0);
                assertThat(ledger(route, "sink").purged()).isEqualTo(purged);
            });
            assertThat(route.spool().state().bytes()).isZero();
        }
    }

    @Test
    void theCountsGoOnAfterARestart() {
        ScriptedSink fussy = new ScriptedSink(payload -> payload.equals("a2") ? Failure.poison("bad") : null);
        try (DurableRoute route = route(Map.of("away", ScriptedSink.away(), "fussy", fussy), attempts(0), false)) {
            route.accept(messages("a", 1, 3));
            await().untilAsserted(() -> assertCounts(route, "fussy", 2, 0, 1));
        }
        try (DurableRoute route = route(Map.of("away", ScriptedSink.away(), "fussy", fussy), attempts(0), false)) {
            assertThat(route.inherited()).isEqualTo(3);
            assertCounts(route, "away", 0, 3, 0);
            assertCounts(route, "fussy", 2, 0, 1);
        }
    }

    @Test
    void whatWaitsForASinkThatIsNamedNoMoreIsKeptUntilItIsForgotten() {
        ScriptedSink fussy = new ScriptedSink(payload -> Failure.poison("bad"));
        try (DurableRoute route = route(Map.of("old", ScriptedSink.away(), "fussy", fussy), attempts(0), false)) {
            route.accept(messages("a", 1, 3));
            await().untilAsserted(() -> assertCounts(route, "fussy", 0, 0, 3));
        }
        ScriptedSink sink = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route = route(Map.of("new", sink), attempts(0), false)) {
            LeftOvers left = route.leftOvers();
            assertThat(left.ledgers()).extracting(SinkLedger::sink).containsExactly("fussy", "old");
            SinkLedger old = left.find("old").orElseThrow();
            assertThat(left.purge(old)).isEqualTo(3);
            assertThat(old.purged()).isEqualTo(3);
            assertThat(route.purgeDeadLetters("fussy")).isEqualTo(3);
            assertThat(left.ledgers()).isEmpty();
            assertThat(route.spool().state().cursors()).containsOnlyKeys("new");
            assertThat(route.spool().deadLetterCounts()).isEmpty();
        }
    }

    @Test
    void aSinkThatIsNamedNoMoreGetsNothingNewAndHoldsUpNobody() {
        ScriptedSink other = new ScriptedSink(ScriptedSink.TAKES_ALL);
        DeliveryProperties small = properties(0, DataSize.ofBytes(800), WhenFull.DROP);
        try (DurableRoute route = route(Map.of("old", ScriptedSink.away(), "other", other), small, false)) {
            route.accept(messages("a", 1, 3));
            await().untilAsserted(() -> assertCounts(route, "other", 3, 0, 0));
        }
        try (DurableRoute route = route(Map.of("other", other), small, false)) {
            assertThat(route.spool().state().bytes()).isZero();
            for (int i = 0; i < 50; i++) {
                assertThat(route.accept(messages("b", 10 * i + 1, 10 * i + 10)).complete())
                        .isTrue();
                long accepted = 10L * i + 10;
                await().untilAsserted(() -> assertCounts(route, "other", 3 + accepted, 0, 0));
            }
            SinkLedger old = route.leftOvers().find("old").orElseThrow();
            assertThat(route.routed(old)).isEqualTo(3);
            assertThat(route.spooled(old)).isEqualTo(3);
        }
        ScriptedSink again = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route = route(Map.of("old", again, "other", other), small, false)) {
            route.accept(messages("c", 1, 2));
            await().untilAsserted(() -> assertCounts(route, "old", 5, 0, 0));
            assertThat(again.taken()).containsExactly("a1", "a2", "a3", "c1", "c2");
        }
    }

    @Test
    void whatHasBeenPurgedIsNotDeliveredTogetherWithTheDeadLettersThatWereLeft() {
        ScriptedSink old = new ScriptedSink(payload -> Failure.poison("bad"));
        try (DurableRoute route = route(Map.of("old", old), attempts(0), false)) {
            route.accept(messages("a", 1, 1));
            await().untilAsserted(() -> assertCounts(route, "old", 0, 0, 1));
            old.from(payload -> Failure.passing("away"));
            route.accept(messages("a", 2, 3));
        }
        ScriptedSink taking = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route = route(Map.of("new", ScriptedSink.away()), attempts(0), false)) {
            LeftOvers left = route.leftOvers();
            assertThat(left.purge(left.find("old").orElseThrow())).isEqualTo(2);
            assertThat(left.deliver("old", "old", new Sender.Outlet(taking, attempts(0))))
                    .isTrue();
            route.replay();
            await().until(() -> taking.taken().contains("a1"));
            await().during(Duration.ofMillis(300)).until(() -> taking.taken().equals(List.of("a1")));
            assertThat(route.spool().state().cursors()).containsOnlyKeys("new");
        }
    }

    @Test
    void messagesOfOneAppendGoToTheSinksOfTheirRulesInTheOrderOfTheirConnection() {
        ScriptedSink own = new ScriptedSink(ScriptedSink.TAKES_ALL);
        ScriptedSink alarms = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route = route(Map.of("own", own, "alarms", alarms), List.of("own"), attempts(0), false)) {
            assertThat(route.accept(List.of(
                                    ruled("a1"),
                                    ruled("a2", "alarms"),
                                    ruled("a3", "alarms", "own"),
                                    ruled("a4", "own"),
                                    ruled("a5")))
                            .complete())
                    .isTrue();
            assertThat(route.accept(messages("b", 1, 2)).complete()).isTrue();
            await().untilAsserted(() -> assertCounts(route, "own", 6, 0, 0));
            await().untilAsserted(() -> assertCounts(route, "alarms", 2, 0, 0));
            assertThat(own.taken()).containsExactly("a1", "a3", "a4", "a5", "b1", "b2");
            assertThat(alarms.taken()).containsExactly("a2", "a3");
            assertThat(route.routed(ledger(route, "own"))).isEqualTo(6);
            assertThat(route.routed(ledger(route, "alarms"))).isEqualTo(2);
            // What it has passed over does not wait for it.
            await().untilAsserted(
                            () -> assertThat(route.spool().state().cursors()).containsEntry("alarms", 7L));
            assertThat(route.spool().state().bytes()).isZero();
        }
    }

    @Test
    void aSinkThatIsAwayHoldsUpOnlyWhatIsForItAndARestartChangesNothing() {
        ScriptedSink own = new ScriptedSink(ScriptedSink.TAKES_ALL);
        ScriptedSink alarms = ScriptedSink.away();
        Map<String, Sink> sinks = Map.of("own", own, "alarms", alarms);
        try (DurableRoute route = route(sinks, List.of("own"), attempts(0), false)) {
            route.accept(List.of(ruled("a1"), ruled("a2", "alarms"), ruled("a3")));
            route.accept(messages("b", 1, 5));
            await().untilAsserted(() -> assertCounts(route, "own", 7, 0, 0));
            assertCounts(route, "alarms", 0, 1, 0);
        }
        try (DurableRoute route = route(sinks, List.of("own"), attempts(0), false)) {
            assertThat(route.inherited()).isEqualTo(1);
            assertCounts(route, "own", 0, 0, 0);
            assertCounts(route, "alarms", 0, 1, 0);
            alarms.from(ScriptedSink.TAKES_ALL);
            route.accept(List.of(ruled("c1", "alarms"), ruled("c2")));
            await().untilAsserted(() -> assertCounts(route, "alarms", 2, 0, 0));
            await().untilAsserted(() -> assertCounts(route, "own", 1, 0, 0));
            assertThat(alarms.taken()).containsExactlyInAnyOrder("a2", "c1");
        }
    }

    @Test
    void whoWaitsForDeliveryWaitsOnlyForTheSinksOfHisMessages() throws Exception {
        ScriptedSink alarms = ScriptedSink.away();
        ScriptedSink own = new ScriptedSink(payload -> payload.equals("d1") ? Failure.poison("bad") : null);
        try (DurableRoute route = route(Map.of("own", own, "alarms", alarms), List.of("own"), attempts(0), true)) {
            assertThat(route.accept(messages("a", 1, 3)).complete()).isTrue();
            CompletableFuture<Confirmation<Refusal>> both =
                    CompletableFuture.supplyAsync(() -> route.accept(List.of(ruled("b1", "alarms"), ruled("b2"))));
            await().until(() -> own.taken().contains("b2"));
            assertThat(route.accept(messages("c", 1, 3)).complete()).isTrue();
            assertThat(reasons(route.accept(List.of(ruled("d1", "own"), ruled("d2")))))
                    .containsExactly("UNDELIVERED not delivered");
            assertThat(both).isNotDone();
            alarms.from(ScriptedSink.TAKES_ALL);
            assertThat(both.get(10, TimeUnit.SECONDS).complete()).isTrue();
        }
    }

    @Test
    void aMessageThatGoesToNoSinkIsAcceptedAndNotStored() {
        ScriptedSink alarms = new ScriptedSink(payload -> payload.equals("a4") ? Failure.poison("bad") : null);
        try (DurableRoute route = route(Map.of("alarms", alarms), List.of(), attempts(0), true)) {
            assertThat(route.accept(messages("b", 1, 3)).complete()).isTrue();
            Confirmation<Refusal> confirmation = route.accept(
                    List.of(ruled("a1"), ruled("a2", "alarms"), ruled("a3"), ruled("a4", "alarms"), ruled("a5")));
            assertThat(confirmation.failures()).containsOnlyKeys(3);
            assertThat(alarms.taken()).containsExactly("a2");
            assertCounts(route, "alarms", 1, 0, 1);
            assertThat(route.spool().state().end()).isEqualTo(2);
        }
    }

    @Test
    void whatARuleSendsToASinkThatTheListenerDoesNotDeclareIsLeftForIt() {
        ScriptedSink own = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route = route(Map.of("own", own), attempts(0), false)) {
            assertThat(route.accept(List.of(ruled("a1", "gone"), ruled("a2"), ruled("a3", "gone", "own")))
                            .complete())
                    .isTrue();
            await().untilAsserted(() -> assertCounts(route, "own", 2, 0, 0));
        }
        try (DurableRoute route = route(Map.of("own", own), attempts(0), false)) {
            SinkLedger left = route.leftOvers().find("gone").orElseThrow();
            assertThat(route.leftOvers().waiting(left)).isEqualTo(2);
            assertThat(route.spool().state().bytes()).isZero();
            route.accept(List.of(ruled("b1", "gone")));
            assertThat(route.leftOvers().waiting(left)).isEqualTo(3);
        }
        ScriptedSink gone = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route = route(Map.of("own", own, "gone", gone), List.of("own"), attempts(0), false)) {
            await().untilAsserted(() -> assertCounts(route, "gone", 3, 0, 0));
            assertThat(gone.taken()).containsExactly("a1", "a3", "b1");
            assertThat(own.taken()).containsExactly("a2", "a3");
        }
    }

    @Test
    void streamsAreHeldAndDeadLettersReplayedForTheSinksOfTheirRules() {
        ScriptedSink own = new ScriptedSink(ScriptedSink.TAKES_ALL);
        ScriptedSink alarms = new ScriptedSink(payload -> switch (payload) {
            case "a2" -> Failure.passing("not yet");
            case "b2" -> Failure.poison("bad");
            default -> null;
        });
        Map<String, Sink> sinks = Map.of("own", own, "alarms", alarms);
        try (DurableRoute route = route(sinks, List.of("own"), attempts(0), false)) {
            route.accept(List.of(ruled("a1"), ruled("a2", "alarms"), ruled("a3", "alarms"), ruled("a4")));
            route.accept(List.of(ruled("b1", "alarms"), ruled("b2", "alarms", "own"), ruled("b3")));
            await().untilAsserted(() -> assertCounts(route, "own", 4, 0, 0));
            await().untilAsserted(() -> assertCounts(route, "alarms", 1, 2, 1));
            await().until(() -> route.heldStreams("alarms") == 1);
        }
        try (DurableRoute route = route(sinks, List.of("own"), attempts(0), false)) {
            // Of what is left for another sink, own has had b2.
            assertCounts(route, "own", 1, 0, 0);
            await().untilAsserted(() -> assertCounts(route, "alarms", 0, 2, 1));
            alarms.from(ScriptedSink.TAKES_ALL);
            await().untilAsserted(() -> assertCounts(route, "alarms", 2, 0, 1));
            route.replay();
            await().untilAsserted(() -> assertCounts(route, "alarms", 3, 0, 0));
            assertThat(alarms.taken()).containsExactly("b1", "a2", "a3", "b2");
            assertThat(own.taken()).containsExactly("a1", "a4", "b2", "b3");
        }
    }

    @Test
    void whatIsLeftForASinkThatIsNamedNoMoreIsDeliveredToAnother() {
        try (DurableRoute route = route(Map.of("old", ScriptedSink.away()), attempts(0), false)) {
            route.accept(messages("a", 1, 3));
        }
        ScriptedSink sink = new ScriptedSink(ScriptedSink.TAKES_ALL);
        ScriptedSink renamed = new ScriptedSink(ScriptedSink.TAKES_ALL);
        try (DurableRoute route = route(Map.of("new", sink), attempts(0), false)) {
            Sender.Outlet outlet = new Sender.Outlet(renamed, attempts(0));
            assertThat(route.leftOvers().deliver("old", "renamed", outlet)).isTrue();
            assertThat(route.leftOvers().deliver("old", "renamed", outlet)).isFalse();
            route.accept(messages("b", 1, 1));
            await().untilAsserted(() -> assertThat(renamed.taken()).containsExactly("a1", "a2", "a3"));
            SinkLedger old = route.leftOvers().find("old").orElseThrow();
            await().untilAsserted(() -> assertThat(route.spooled(old)).isZero());
            assertCounts(route, "new", 1, 0, 0);
        }
        try (DurableRoute route = route(Map.of("new", sink), attempts(0), false)) {
            assertThat(route.leftOvers().ledgers()).isEmpty();
        }
    }
}
