package dev.sluice.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.sink.Failure;
import dev.sluice.sink.RuledMessage;
import dev.sluice.sink.SampleMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.springframework.util.unit.DataSize;

/**
 * Configurations edited over a spool with waiting messages and dead letters: nothing is lost in silence, what is left
 * is shown, and the counts add up. A new edit is a line in {@code spool/edits.csv}.
 */
final class EditedConfigurationTests {

    private static final List<String> BEFORE = List.of("taker", "away", "fussy");
    private static final int MESSAGES = 30;
    private static final int MORE = 10;
    private static final String ALL = "orders: taker away fussy";
    /** Those behind the line are named by rules alone. */
    private static final String RULED = "orders: taker | away fussy";

    @TempDir
    private Path directory;

    /** By name, what each sink has taken in all runs. */
    private final Map<String, ScriptedSink> sinks = new HashMap<>();

    /** Which sinks the message of a number goes to; those of its listener if there is no more to it. */
    private IntFunction<@Nullable List<String>> rule = i -> null;

    private static @Nullable Failure script(String sink, String payload) {
        return switch (sink) {
            case "away" -> Failure.passing("away");
            case "fussy" -> payload.startsWith("a") && payload.endsWith("0") ? Failure.poison("round") : null;
            default -> null;
        };
    }

    private ScriptedSink sink(String name) {
        return sinks.computeIfAbsent(name, n -> new ScriptedSink(payload -> script(n, payload)));
    }

    private Routes start(String listeners, List<String> declared) {
        List<RouteDeclaration> declarations = new ArrayList<>();
        for (String listener : listeners.isEmpty() ? new String[0] : listeners.split(", ")) {
            List<String> words = new ArrayList<>(List.of(listener.split(":? ")));
            String name = words.removeFirst();
            Mode mode = words.remove("direct") ? Mode.DIRECT : Mode.DURABLE;
            DeliveryProperties properties = new DeliveryProperties(
                    mode, DataSize.ofMegabytes(1), WhenFull.DROP, 0, Duration.ofMillis(20), Duration.ofMillis(100));
            int line = words.indexOf("|");
            List<String> own = line < 0 ? words : words.subList(0, line);
            List<String> all = words.stream().filter(word -> !word.equals("|")).toList();
            declarations.add(new RouteDeclaration(name, all, own, properties, false, UTF_8, null, false));
        }
        Routes routes = new Routes(directory, new DeclaredRoutes(this::sink, Set.copyOf(declared), declarations));
        routes.start();
        return routes;
    }

    /** Those rules count that name only sinks which are declared. */
    private void send(Routes routes, String listener, String connection, int count) {
        routes.find(listener)
                .ifPresent(route -> assertThat(route.accept(IntStream.rangeClosed(1, count)
                                        .mapToObj(i -> new RuledMessage(
                                                SampleMessage.of(connection, i, connection + i), rule(route, i)))
                                        .toList())
                                .complete())
                        .isTrue());
    }

    private @Nullable List<String> rule(Route route, int number) {
        List<String> names = rule.apply(number);
        List<String> declared = route.ledgers().stream().map(SinkLedger::sink).toList();
        return names == null || declared.containsAll(names) ? names : null;
    }

    /** How many of the first so many messages of a connection go to a sink. */
    private long sent(Route route, String sink, boolean own, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> rule(route, i))
                .filter(names -> names == null ? own : names.contains(sink))
                .count();
    }

    private static List<String> words(@Nullable String text) {
        return text == null || text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/spool/edits.csv", delimiter = ';', maxCharsPerColumn = 200)
    void nothingIsLostInSilence(String edit, @Nullable String listeners, @Nullable String declared) {
        edit(ALL, listeners, declared);
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/spool/edits-with-rules.csv", delimiter = ';', maxCharsPerColumn = 200)
    void nothingIsLostInSilenceWhereRulesNameSinks(String edit, @Nullable String listeners, @Nullable String declared) {
        editWithRules(listeners, declared);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/spool/edits.csv", delimiter = ';', maxCharsPerColumn = 200)
    void noEditLosesAnythingWhereRulesNameSinks(String edit, @Nullable String listeners, @Nullable String declared) {
        editWithRules(listeners, declared);
    }

    /** Every message goes to some of the sinks, and those that differ come in one append. */
    private void editWithRules(@Nullable String listeners, @Nullable String declared) {
        rule = i -> switch (i % 4) {
            case 0 -> List.of("fussy");
            case 1 -> List.of("fussy", "away");
            case 2 -> List.of("taker", "fussy");
            default -> null;
        };
        edit(RULED, listeners, declared);
    }

    private void edit(String before, @Nullable String listeners, @Nullable String declared) {
        Routes first = start(before, BEFORE);
        send(first, "orders", "a", MESSAGES);
        List<List<String>> sent = IntStream.rangeClosed(1, MESSAGES)
                .mapToObj(rule)
                .map(names -> names == null ? ownOf(before) : names)
                .toList();
        await().untilAsserted(
                        () -> assertLedger(first, "orders", "fussy", count(sent, "fussy") - dead(sent), 0, dead(sent)));
        await().untilAsserted(() -> assertLedger(first, "orders", "taker", count(sent, "taker"), 0, 0));
        assertLedger(first, "orders", "away", 0, count(sent, "away"), 0);
        first.stop();

        Routes edited = start(listeners == null ? "" : listeners, words(declared));
        edited.all().forEach(one -> send(edited, one.listener(), "b", MORE));
        await().untilAsserted(() -> {
            assertAddsUp(edited);
            assertShown(edited, listeners == null ? "" : listeners, sent);
        });
        edited.stop();

        sinks.values().forEach(sink -> sink.from(ScriptedSink.TAKES_ALL));
        List<String> all = new ArrayList<>(sinks.keySet());
        Routes again = start(before, all);
        again.findSpool("orders").orElseThrow().replay();
        BEFORE.forEach(name -> await().untilAsserted(
                        () -> assertThat(sink(name).taken().stream().filter(payload -> payload.startsWith("a")))
                                .as("what %s has in the end", name)
                                .hasSize(Math.toIntExact(count(sent, name)))
                                .doesNotHaveDuplicates()));
        assertAddsUp(again);
        again.stop();
    }

    private static long count(List<List<String>> sent, String sink) {
        return sent.stream().filter(names -> names.contains(sink)).count();
    }

    private static boolean isDead(List<List<String>> sent, int index) {
        return (index + 1) % 10 == 0 && sent.get(index).contains("fussy");
    }

    private static long dead(List<List<String>> sent) {
        return IntStream.range(0, MESSAGES).filter(i -> isDead(sent, i)).count();
    }

    /** How many messages the first run has left, to any sink, that were to go to this one. */
    private static long left(List<List<String>> sent, String sink) {
        return IntStream.range(0, MESSAGES)
                .filter(i -> sent.get(i).contains("away") || isDead(sent, i))
                .filter(i -> sent.get(i).contains(sink))
                .count();
    }

    private static List<String> ownOf(String listener) {
        return words(listener.substring(listener.indexOf(':') + 1)
                .replaceAll("\\|.*| direct", "")
                .trim());
    }

    private static void assertLedger(
            Routes routes, String spool, String sink, long delivered, long spooled, long dead) {
        DurableRoute route = routes.findSpool(spool).orElseThrow();
        SinkLedger ledger = route.ledgers().stream()
                .filter(one -> one.sink().equals(sink))
                .findFirst()
                .orElseThrow();
        assertThat(List.of(ledger.delivered(), route.spooled(ledger), ledger.deadLettered()))
                .containsExactly(delivered, spooled, dead);
        // Also on disk.
        assertThat(route.spool().deadLetterCounts().getOrDefault(sink, 0L)).isEqualTo(dead);
    }

    /** Against what the spool itself has, not only in the ledgers. */
    private static void assertAddsUp(Routes routes) {
        for (DurableRoute route : routes.spools()) {
            List<SinkLedger> ledgers = new ArrayList<>(route.ledgers());
            ledgers.addAll(route.leftOvers().ledgers());
            for (SinkLedger ledger : ledgers) {
                assertThat(ledger.delivered() + route.spooled(ledger) + ledger.deadLettered() + ledger.purged())
                        .as("%s of %s", ledger.sink(), route.listener())
                        .isEqualTo(route.routed(ledger));
                assertThat(route.spool().deadLetterCounts().getOrDefault(ledger.sink(), 0L))
                        .isEqualTo(ledger.deadLettered());
            }
        }
    }

    private void assertShown(Routes routes, String listeners, List<List<String>> sent) {
        for (String name : BEFORE) {
            Optional<DurableRoute> spool = routes.findSpool("orders");
            boolean named = spool.stream()
                    .flatMap(route -> route.ledgers().stream())
                    .anyMatch(ledger -> ledger.sink().equals(name));
            long waiting = name.equals("away") ? count(sent, name) : 0;
            long dead = name.equals("fussy") ? dead(sent) : 0;
            if (!named && waiting + dead > 0) {
                DurableRoute route = spool.orElseThrow();
                SinkLedger ledger = route.leftOvers().find(name).orElseThrow();
                assertThat(List.of(route.routed(ledger), route.spooled(ledger), ledger.deadLettered()))
                        .as("what is left for %s", name)
                        .containsExactly(left(sent, name), waiting, dead);
            } else if (named) {
                DurableRoute route = spool.orElseThrow();
                SinkLedger ledger = route.ledgers().stream()
                        .filter(one -> one.sink().equals(name))
                        .findFirst()
                        .orElseThrow();
                long more =
                        sent(route, name, ownOf(listener(listeners, "orders")).contains(name), MORE);
                assertThat(route.routed(ledger)).isEqualTo(left(sent, name) + more);
                assertThat(route.spooled(ledger)).isEqualTo(name.equals("away") ? waiting + more : 0);
            } else {
                assertThat(spool.flatMap(route -> route.leftOvers().find(name))).isEmpty();
            }
        }
        // What was added is credited with nothing that it never got.
        routes.spools()
                .forEach(route -> route.ledgers().stream()
                        .filter(ledger -> !BEFORE.contains(ledger.sink())
                                || !route.listener().equals("orders"))
                        .forEach(ledger -> assertThat(route.routed(ledger))
                                .isEqualTo(sent(
                                        route,
                                        ledger.sink(),
                                        ownOf(listener(listeners, route.listener()))
                                                .contains(ledger.sink()),
                                        MORE))));
    }

    private static String listener(String listeners, String name) {
        return Stream.of(listeners.split(", "))
                .filter(listener -> listener.startsWith(name + ":"))
                .findFirst()
                .orElseThrow();
    }
}
