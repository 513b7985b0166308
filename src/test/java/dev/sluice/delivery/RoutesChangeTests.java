package dev.sluice.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.SampleMessage;
import dev.sluice.sink.Sink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** Sinks that are added, taken out and replaced while messages come. */
final class RoutesChangeTests {

    private static final String LISTENER = "in";

    @TempDir
    private Path directory;

    private final Map<String, ScriptedSink> sinks = new ConcurrentHashMap<>();
    private final Map<String, Integer> openedSinks = new ConcurrentHashMap<>();
    private Routes routes;

    @AfterEach
    void stop() {
        routes.stop();
    }

    private Sink open(String name) {
        if (name.equals("broken")) {
            throw new IllegalArgumentException("cannot be opened");
        }
        openedSinks.merge(name, 1, Integer::sum);
        return sink(name);
    }

    private ScriptedSink sink(String name) {
        return sinks.computeIfAbsent(name, _ -> new ScriptedSink(ScriptedSink.TAKES_ALL));
    }

    private static RouteDeclaration declaration(Mode mode, String... names) {
        return declaration(mode, List.of(names), false, names);
    }

    /**
     * @param own the sinks that get messages whose rule names none
     */
    private static RouteDeclaration declaration(Mode mode, List<String> own, boolean untilDelivered, String... names) {
        DeliveryProperties properties = new DeliveryProperties(
                mode, DataSize.ofMegabytes(10), WhenFull.HOLD, 0, Duration.ofMillis(10), Duration.ofMillis(50));
        return new RouteDeclaration(LISTENER, List.of(names), own, properties, untilDelivered, UTF_8, null, false);
    }

    private DeclaredRoutes declared(Set<String> names, RouteDeclaration... declarations) {
        return new DeclaredRoutes(this::open, names, List.of(declarations));
    }

    private void start(Set<String> names, RouteDeclaration... declarations) {
        routes = new Routes(directory, declared(names, declarations));
        routes.start();
    }

    private void change(Set<String> changed, Set<String> names, RouteDeclaration... declarations) {
        try (RoutesChange change = routes.change(declared(names, declarations), changed)) {
            change.commit();
            change.retire();
        }
    }

    private void send(String connection, int from, int to) {
        List<SampleMessage> messages = IntStream.rangeClosed(from, to)
                .mapToObj(i -> SampleMessage.of(connection, i, connection + i))
                .toList();
        assertThat(routes.find(LISTENER).orElseThrow().accept(messages).complete())
                .isTrue();
    }

    private static List<String> numbered(String connection, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> connection + i).toList();
    }

    private void assertTaken(String sink, List<String> expected) {
        await().untilAsserted(() -> assertThat(sink(sink).taken()).containsExactlyElementsOf(expected));
    }

    private DurableRoute durable() {
        return (DurableRoute) routes.find(LISTENER).orElseThrow();
    }

    private static void assertAddsUp(DurableRoute route) {
        for (SinkLedger ledger : route.ledgers()) {
            await().untilAsserted(() -> assertThat(ledger.delivered() + ledger.deadLettered() + route.spooled(ledger))
                    .as(ledger.sink())
                    .isEqualTo(route.routed(ledger)));
        }
    }

    @Test
    void oneThatIsAddedGetsWhatComesFromThenOn() {
        start(Set.of("a", "b"), declaration(Mode.DURABLE, "a"));
        send("x", 1, 3);
        change(Set.of(), Set.of("a", "b"), declaration(Mode.DURABLE, "a", "b"));
        send("x", 4, 6);
        assertTaken("a", numbered("x", 1, 6));
        assertTaken("b", numbered("x", 4, 6));
        assertThat(durable().ledgers()).extracting(durable()::routed).containsExactly(6L, 3L);
        assertAddsUp(durable());
        assertThat(openedSinks).containsOnly(Map.entry("a", 1), Map.entry("b", 1));
    }

    @Test
    void oneThatIsTakenOutGetsNothingNewButWhatWaitsForIt() {
        sink("b").from(_ -> Failure.passing("away"));
        start(Set.of("a", "b"), declaration(Mode.DURABLE, "a", "b"));
        send("x", 1, 3);
        change(Set.of(), Set.of("a", "b"), declaration(Mode.DURABLE, "a"));
        send("x", 4, 6);
        assertTaken("a", numbered("x", 1, 6));
        SinkLedger left = durable().leftOvers().find("b").orElseThrow();
        assertThat(durable().routed(left)).isEqualTo(3);
        assertThat(durable().leftOvers().waiting(left)).isEqualTo(3);
        sink("b").from(ScriptedSink.TAKES_ALL);
        assertTaken("b", numbered("x", 1, 3));
        await().untilAsserted(() -> assertThat(durable().leftOvers().ledgers()).isEmpty());
        // Named again it goes on with what is new, and with its counts.
        change(Set.of(), Set.of("a", "b"), declaration(Mode.DURABLE, "a", "b"));
        send("x", 7, 8);
        assertTaken("b", List.of("x1", "x2", "x3", "x7", "x8"));
        assertAddsUp(durable());
        assertThat(durable().ledgers()).extracting(SinkLedger::delivered).containsExactly(8L, 5L);
    }

    @Test
    void oneThatIsNotDeclaredAnyMoreIsNotDeliveredToUntilItIsAgain() {
        sink("b").from(_ -> Failure.passing("away"));
        start(Set.of("a", "b"), declaration(Mode.DURABLE, "a", "b"));
        send("x", 1, 3);
        change(Set.of(), Set.of("a"), declaration(Mode.DURABLE, "a"));
        sink("b").from(ScriptedSink.TAKES_ALL);
        await().during(Duration.ofMillis(300)).until(() -> sink("b").taken().isEmpty());
        assertThat(durable().leftOvers().isDelivered("b")).isFalse();
        change(Set.of(), Set.of("a", "b"), declaration(Mode.DURABLE, "a"));
        assertTaken("b", numbered("x", 1, 3));
    }

    @Test
    void oneThatIsDeliveredToAgainAndThenNamedAgainGetsWhatIsNew() {
        sink("b").from(_ -> Failure.passing("away"));
        start(Set.of("a", "b"), declaration(Mode.DURABLE, "a", "b"));
        send("x", 1, 3);
        change(Set.of(), Set.of("a"), declaration(Mode.DURABLE, "a"));
        change(Set.of(), Set.of("a", "b"), declaration(Mode.DURABLE, "a"));
        await().until(() -> durable().leftOvers().isDelivered("b"));
        send("x", 4, 4);
        change(Set.of(), Set.of("a", "b"), declaration(Mode.DURABLE, List.of("a", "b"), true, "a", "b"));
        sink("b").from(ScriptedSink.TAKES_ALL);
        // Whoever waits for the delivery of these hears of it.
        send("x", 5, 6);
        assertThat(sink("b").taken()).containsExactly("x1", "x2", "x3", "x5", "x6");
        assertAddsUp(durable());
    }

    @Test
    void messagesThatGoNowhereAreNoTrouble() throws Exception {
        RouteDeclaration some = declaration(Mode.DURABLE, List.of("a"), false, "a");
        RouteDeclaration none = declaration(Mode.DURABLE, List.of(), false, "a");
        start(Set.of("a"), some);
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<Integer>> senders = new ArrayList<>();
            for (String connection : List.of("w", "x", "y")) {
                senders.add(threads.submit(() -> {
                    int count = 0;
                    while (!over.get()) {
                        send(connection, ++count, count);
                    }
                    return count;
                }));
            }
            for (int i = 0; i < 100; i++) {
                change(Set.of(), Set.of("a"), i % 2 == 0 ? none : some);
            }
            over.set(true);
            int sent = 0;
            for (Future<Integer> sender : senders) {
                sent += sender.get();
            }
            assertThat(durable().routed(durable().ledgers().getFirst())).isBetween(1L, (long) sent);
        }
        assertAddsUp(durable());
    }

    @Test
    void aSpoolThatCannotBeWrittenKeepsItsSinks() throws Exception {
        start(Set.of("a", "b"), declaration(Mode.DURABLE, "a"));
        send("x", 1, 1);
        Path file = directory.resolve(LISTENER + ".spool");
        Path moved = directory.resolve("moved");
        Files.move(file, moved);
        await().until(() -> durable().spool().state().failure() != null);
        try (RoutesChange change =
                routes.change(declared(Set.of("a", "b"), declaration(Mode.DURABLE, "a", "b")), Set.of())) {
            assertThatThrownBy(change::commit).hasMessageStartingWith("Spool 'in': cannot be written: ");
            change.undo();
        }
        Files.move(moved, file);
        await().until(() -> durable().spool().state().failure() == null);
        send("x", 2, 2);
        assertTaken("a", numbered("x", 1, 2));
        assertThat(durable().ledgers()).extracting(SinkLedger::sink).containsExactly("a");
        assertAddsUp(durable());
    }

    @Test
    void anotherSinkOfTheSameNameTakesWhatTheFirstDidNot() {
        ScriptedSink first = sink("a");
        first.from(_ -> Failure.passing("away"));
        start(Set.of("a"), declaration(Mode.DURABLE, "a"));
        send("x", 1, 3);
        sinks.remove("a");
        change(Set.of("a"), Set.of("a"), declaration(Mode.DURABLE, "a"));
        assertTaken("a", numbered("x", 1, 3));
        assertThat(first.taken()).isEmpty();
    }

    @Test
    void whatCannotBeOpenedChangesNothing() {
        start(Set.of("a"), declaration(Mode.DURABLE, "a"));
        assertThatThrownBy(() -> change(Set.of(), Set.of("a", "broken"), declaration(Mode.DURABLE, "a", "broken")))
                .hasMessage("cannot be opened");
        send("x", 1, 2);
        assertTaken("a", numbered("x", 1, 2));
        assertThat(durable().ledgers()).extracting(SinkLedger::sink).containsExactly("a");
    }

    @Test
    void whatIsUndoneIsAsBefore() {
        sink("b").from(_ -> Failure.passing("away"));
        start(Set.of("a", "b"), declaration(Mode.DURABLE, "a", "b"));
        send("x", 1, 2);
        try (RoutesChange change =
                routes.change(declared(Set.of("a", "c"), declaration(Mode.DURABLE, "a", "c")), Set.of("a"))) {
            change.commit();
            change.undo();
        }
        sink("b").from(ScriptedSink.TAKES_ALL);
        send("x", 3, 4);
        assertTaken("a", numbered("x", 1, 4));
        assertTaken("b", numbered("x", 1, 4));
        assertThat(sink("c").taken()).isEmpty();
        assertThat(durable().ledgers()).extracting(durable()::routed).containsExactly(4L, 4L);
        assertAddsUp(durable());
    }

    @Test
    void directDeliveryComesAndGoes() {
        start(Set.of("a"), declaration(Mode.DURABLE, "a"));
        sink("a").from(_ -> Failure.passing("away"));
        send("x", 1, 2);
        change(Set.of(), Set.of("a"), declaration(Mode.DIRECT, "a"));
        assertThat(routes.findSpool(LISTENER)).isPresent();
        sink("a").from(ScriptedSink.TAKES_ALL);
        send("y", 1, 2);
        await().untilAsserted(() -> assertThat(sink("a").taken()).containsExactlyInAnyOrder("x1", "x2", "y1", "y2"));
        await().until(() -> routes.findSpool(LISTENER).isEmpty());
        change(Set.of(), Set.of("a"), declaration(Mode.DURABLE, "a"));
        send("z", 1, 1);
        await().until(() -> sink("a").taken().contains("z1"));
    }

    @Test
    void theSpoolOfAListenerThatIsGoneIsDeliveredAndTakenBack() {
        sink("a").from(_ -> Failure.passing("away"));
        start(Set.of("a"), declaration(Mode.DURABLE, "a"));
        send("x", 1, 2);
        DurableRoute before = durable();
        change(Set.of(), Set.of("a"));
        assertThat(routes.find(LISTENER)).isEmpty();
        assertThat(routes.isInUse(before)).isFalse();
        change(Set.of(), Set.of("a"), declaration(Mode.DURABLE, "a"));
        assertThat(durable()).isSameAs(before);
        sink("a").from(ScriptedSink.TAKES_ALL);
        send("x", 3, 4);
        assertTaken("a", numbered("x", 1, 4));
        assertAddsUp(durable());
    }

    /** The sinks that a random change leaves to the listener, at times none. */
    private static Set<String> some(Random random) {
        Set<String> names = new TreeSet<>();
        for (String name : List.of("a", "b", "c", "d")) {
            if (random.nextBoolean()) {
                names.add(name);
            }
        }
        return names;
    }

    @Test
    void eachOfManyChangesGivesEachSinkJustWhatCameWhileItWasNamed() {
        Random random = new Random(15);
        Set<String> all = Set.of("a", "b", "c", "d");
        Map<String, List<String>> expected = new TreeMap<>();
        start(all, declaration(Mode.DURABLE, "a"));
        Set<String> named = Set.of("a");
        int sent = 0;
        for (int i = 0; i < 60; i++) {
            for (String name : all) {
                sink(name).from(random.nextBoolean() ? ScriptedSink.TAKES_ALL : _ -> Failure.passing("away"));
            }
            if (!named.isEmpty()) {
                int count = 1 + random.nextInt(5);
                send("x", sent + 1, sent + count);
                for (String name : named) {
                    expected.computeIfAbsent(name, _ -> new ArrayList<>())
                            .addAll(numbered("x", sent + 1, sent + count));
                }
                sent += count;
            }
            named = some(random);
            Set<String> changed = random.nextInt(4) == 0 ? Set.of("a") : Set.of();
            if (named.isEmpty()) {
                change(changed, all);
            } else {
                change(changed, all, declaration(Mode.DURABLE, named.toArray(String[]::new)));
            }
        }
        all.forEach(name -> sink(name).from(ScriptedSink.TAKES_ALL));
        change(Set.of(), all, declaration(Mode.DURABLE, "a", "b", "c", "d"));
        expected.forEach((name, messages) -> await().untilAsserted(
                        () -> assertThat(sink(name).taken().stream().distinct()).containsExactlyElementsOf(messages)));
        assertAddsUp(durable());
        for (SinkLedger ledger : durable().ledgers()) {
            await().untilAsserted(() -> assertThat(durable().spooled(ledger)).isZero());
        }
    }

    @Test
    void whatComesDuringManyChangesIsNotLost() throws Exception {
        Set<String> all = Set.of("always", "a", "b", "c", "d");
        start(all, declaration(Mode.DURABLE, "always"));
        AtomicBoolean over = new AtomicBoolean();
        Random random = new Random(16);
        Map<String, Integer> sent = new TreeMap<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Map<String, Future<Integer>> senders = new TreeMap<>();
            for (String connection : List.of("v", "w", "x", "y")) {
                senders.put(connection, threads.submit(() -> {
                    int count = 0;
                    while (!over.get()) {
                        List<Envelope> two = new ArrayList<>();
                        for (int i = 0; i < 2; i++) {
                            count++;
                            two.add(SampleMessage.of(connection, count, connection + count));
                        }
                        assertThat(routes.find(LISTENER)
                                        .orElseThrow()
                                        .accept(two)
                                        .complete())
                                .isTrue();
                    }
                    return count;
                }));
            }
            for (int i = 0; i < 40; i++) {
                List<String> names = new ArrayList<>(some(random));
                names.add("always");
                change(
                        random.nextInt(3) == 0 ? Set.of("always") : Set.of(),
                        all,
                        declaration(Mode.DURABLE, names.toArray(String[]::new)));
            }
            over.set(true);
            for (Map.Entry<String, Future<Integer>> sender : senders.entrySet()) {
                sent.put(sender.getKey(), sender.getValue().get());
            }
        }
        int total = sent.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(total).isPositive();
        List<String> taken = sink("always").taken();
        await().until(() -> taken.size() >= total);
        sent.forEach((connection, count) -> assertThat(taken.stream().filter(text -> text.startsWith(connection)))
                .containsExactlyElementsOf(numbered(connection, 1, count)));
        change(Set.of(), all, declaration(Mode.DURABLE, "always", "a", "b", "c", "d"));
        assertAddsUp(durable());
        for (SinkLedger ledger : durable().ledgers()) {
            await().untilAsserted(
                            () -> assertThat((long) sink(ledger.sink()).taken().size())
                                    .as(ledger.sink())
                                    .isEqualTo(durable().routed(ledger)));
        }
    }
}
