package dev.sluice.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.sink.Failure;
import dev.sluice.sink.SampleMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.springframework.util.unit.DataSize;

/**
 * Configurations edited over a spool with waiting messages and dead letters: nothing is lost in silence, what is left is shown,
 * and the counts add up. A new edit is a line in {@code spool/edits.csv}.
 */
final class EditedConfigurationTests {

    private static final List<String> BEFORE = List.of("taker", "away", "fussy");
    private static final int MESSAGES = 30;
    private static final int MORE = 10;

    @TempDir
    private Path directory;

    /** By name, what each sink has taken in all runs. */
    private final Map<String, ScriptedSink> sinks = new HashMap<>();

    private static @Nullable Failure script(String sink, String payload) {
        return switch (sink) {
            case "away" -> Failure.passing("away");
            case "fussy" -> payload.endsWith("0") ? Failure.poison("round") : null;
            default -> null;
        };
    }

    private ScriptedSink sink(String name) {
        return sinks.computeIfAbsent(name, n -> new ScriptedSink(payload -> script(n, payload)));
    }

    private Routes start(String listeners, List<String> declared) {
        List<Routes.Declaration> declarations = new ArrayList<>();
        for (String listener : listeners.isEmpty() ? new String[0] : listeners.split(", ")) {
            List<String> words = new ArrayList<>(List.of(listener.split(":? ")));
            String name = words.removeFirst();
            Mode mode = words.remove("direct") ? Mode.DIRECT : Mode.DURABLE;
            DeliveryProperties properties = new DeliveryProperties(
                    mode, DataSize.ofMegabytes(1), WhenFull.DROP, 0, Duration.ofMillis(20), Duration.ofMillis(100));
            declarations.add(new Routes.Declaration(name, words, properties, false, UTF_8, null));
        }
        Routes routes = new Routes(directory, this::sink, declared, declarations);
        routes.start();
        return routes;
    }

    private static void send(Routes routes, String listener, String connection, int count) {
        routes.find(listener)
                .ifPresent(route -> assertThat(route.accept(IntStream.rangeClosed(1, count)
                                        .mapToObj(i -> SampleMessage.of(connection, i, connection + i))
                                        .toList())
                                .complete())
                        .isTrue());
    }

    private static List<String> words(@Nullable String text) {
        return text == null ? List.of() : List.of(text.split(" "));
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/spool/edits.csv", delimiter = ';', maxCharsPerColumn = 200)
    void nothingIsLostInSilence(String edit, @Nullable String listeners, @Nullable String declared) {
        Routes first = start("orders: taker away fussy", BEFORE);
        send(first, "orders", "a", MESSAGES);
        await().untilAsserted(() -> assertLedger(first, "orders", "fussy", MESSAGES - 3, 0, 3));
        await().untilAsserted(() -> assertLedger(first, "orders", "taker", MESSAGES, 0, 0));
        first.stop();

        Routes edited = start(listeners == null ? "" : listeners, words(declared));
        edited.all().forEach(route -> send(edited, route.listener(), "b", MORE));
        await().untilAsserted(() -> {
            assertAddsUp(edited);
            assertShown(edited);
        });
        edited.stop();

        sinks.values().forEach(sink -> sink.from(ScriptedSink.TAKES_ALL));
        List<String> all = new ArrayList<>(sinks.keySet());
        Routes again = start("orders: taker away fussy", all);
        again.findSpool("orders").orElseThrow().replay();
        BEFORE.forEach(name -> await().untilAsserted(
                        () -> assertThat(sink(name).taken().stream().filter(payload -> payload.startsWith("a")))
                                .as("what %s has in the end", name)
                                .hasSize(MESSAGES)
                                .doesNotHaveDuplicates()));
        assertAddsUp(again);
        again.stop();
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

    private void assertShown(Routes routes) {
        for (String name : BEFORE) {
            Optional<DurableRoute> spool = routes.findSpool("orders");
            boolean named = spool.stream()
                    .flatMap(route -> route.ledgers().stream())
                    .anyMatch(ledger -> ledger.sink().equals(name));
            long waiting = name.equals("away") ? MESSAGES : 0;
            long dead = name.equals("fussy") ? 3 : 0;
            if (!named && waiting + dead > 0) {
                DurableRoute route = spool.orElseThrow();
                SinkLedger ledger = route.leftOvers().find(name).orElseThrow();
                assertThat(List.of(route.routed(ledger), route.spooled(ledger), ledger.deadLettered()))
                        .as("what is left for %s", name)
                        .containsExactly((long) MESSAGES, waiting, dead);
            } else if (named) {
                SinkLedger ledger = spool.orElseThrow().ledgers().stream()
                        .filter(one -> one.sink().equals(name))
                        .findFirst()
                        .orElseThrow();
                assertThat(spool.get().routed(ledger)).isEqualTo(MESSAGES + MORE);
                assertThat(spool.get().spooled(ledger)).isEqualTo(name.equals("away") ? MESSAGES + MORE : 0);
            } else {
                assertThat(spool.flatMap(route -> route.leftOvers().find(name))).isEmpty();
            }
        }
        // What was added is credited with nothing that it never got.
        routes.spools()
                .forEach(route -> route.ledgers().stream()
                        .filter(ledger -> !BEFORE.contains(ledger.sink())
                                || !route.listener().equals("orders"))
                        .forEach(ledger -> assertThat(route.routed(ledger)).isEqualTo(MORE)));
    }
}
