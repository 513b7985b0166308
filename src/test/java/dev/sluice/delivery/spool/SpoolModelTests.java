package dev.sluice.delivery.spool;

import static dev.sluice.delivery.spool.SpoolFolder.origin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.sink.RuledMessage;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A spool against plain lists in memory, through random sequences of everything that can be asked of it. */
class SpoolModelTests {

    private static final List<String> NAMES = List.of("a", "b", "c");
    /** The sinks that rules name, whether the listener declares them or not. */
    private static final List<List<String>> RULES =
            List.of(List.of("a"), List.of("c"), List.of("b", "a"), List.of("c", "b", "a"));

    @Test
    void theSpoolHoldsWhatAPlainListWould() throws Exception {
        for (long seed = 1; seed <= 80; seed++) {
            run(seed);
        }
    }

    @Tag("long")
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    @Test
    void theSpoolHoldsWhatAPlainListWouldInTenThousandSequences() throws Exception {
        for (long seed = 1_000; seed < 11_000; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) throws Exception {
        try (Run run = new Run(seed)) {
            run.steps();
        } catch (Exception | AssertionError ex) {
            throw new AssertionError("seed " + seed + ": " + ex, ex);
        }
    }

    /**
     * @param sinks those that its messages go to, by index
     */
    private record Row(long position, int bytes, long receivedAt, List<Set<String>> sinks) {

        long end() {
            return position + sinks.size();
        }

        boolean goesTo(String sink) {
            return sinks.stream().anyMatch(some -> some.contains(sink));
        }
    }

    private static final class Run implements AutoCloseable {

        private final Random random;
        private final List<Envelope> messages = new ArrayList<>();
        private final List<Row> rows = new ArrayList<>();
        private final Map<String, Long> cursors = new TreeMap<>();
        private final Map<String, TreeMap<Long, DeadLetter>> letters = new TreeMap<>();
        private final Map<String, TreeMap<Long, SpooledMessage>> held = new TreeMap<>();
        private final Map<String, SpoolReader> readers = new HashMap<>();
        private long sequence;
        private Set<String> named = Set.copyOf(NAMES);
        private Set<String> own = named;
        private int openedAt;
        private SpoolFolder folder = SpoolFolder.create();
        private Spool spool;

        Run(long seed) throws Exception {
            random = new Random(seed);
            NAMES.forEach(sink -> {
                letters.put(sink, new TreeMap<>());
                held.put(sink, new TreeMap<>());
            });
            spool = open();
        }

        private Spool open() {
            Spool opened = folder.open(List.copyOf(named), List.copyOf(own), 1L << 40);
            openedAt = messages.size();
            assertThat(opened.state().damaged()).isEmpty();
            assertThat(opened.inherited().messages())
                    .isEqualTo(left().filter(at -> sinks(at).stream().anyMatch(named::contains))
                            .count());
            for (String sink : NAMES) {
                assertThat(opened.inherited().of(sink))
                        .as("what sink %s inherits", sink)
                        .isEqualTo(new Inherited.Share(
                                left().filter(at -> sinks(at).contains(sink)).count(),
                                waiting(sink).size(),
                                held.get(sink).size(),
                                letters.get(sink).size()));
            }
            named.forEach(sink -> cursors.putIfAbsent(sink, (long) messages.size()));
            cursors.keySet()
                    .removeIf(sink -> !named.contains(sink)
                            && waiting(sink).isEmpty()
                            && held.get(sink).isEmpty());
            return opened;
        }

        /** Positions of what any sink waits for, or would not take. */
        private LongStream left() {
            return LongStream.range(0, messages.size())
                    .filter(at -> sinks(at).stream().anyMatch(sink -> cursors.getOrDefault(sink, at + 1) <= at)
                            || NAMES.stream()
                                    .anyMatch(sink -> letters.get(sink).containsKey(at)
                                            || held.get(sink).containsKey(at)));
        }

        private List<Envelope> waiting(String sink) {
            long cursor = cursors.getOrDefault(sink, (long) messages.size());
            return LongStream.range(cursor, messages.size())
                    .filter(at -> sinks(at).contains(sink))
                    .mapToObj(at -> messages.get((int) at))
                    .toList();
        }

        void steps() throws Exception {
            int steps = 5 + random.nextInt(20);
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(15)) {
                    case 0, 1, 2, 3 -> append();
                    case 4, 5, 6, 7 -> acknowledge();
                    case 8 -> removeLetters();
                    case 9 -> letGo();
                    case 10, 11 -> reopen();
                    case 12, 13 -> crash();
                    default -> forget();
                }
                check();
            }
        }

        private void append() throws Exception {
            List<Origin> origins = List.of(origin("c" + random.nextInt(5)), origin("d"));
            List<Envelope> some = new ArrayList<>();
            int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 500 : 5);
            List<Set<String>> sinks = new ArrayList<>();
            boolean ruled = own.isEmpty() || random.nextBoolean();
            for (int i = 0; i < count; i++) {
                byte[] payload = new byte
                        [switch (random.nextInt(40)) {
                            case 0 -> 100_000;
                            case 1, 2, 3 -> 0;
                            default -> random.nextInt(100);
                        }];
                random.nextBytes(payload);
                boolean byRule = own.isEmpty() || ruled && random.nextBoolean();
                List<String> rule = byRule ? RULES.get(random.nextInt(RULES.size())) : null;
                some.add(new RuledMessage(
                        new SpooledMessage(
                                0,
                                0,
                                origins.get(random.nextInt(2)),
                                ++sequence,
                                1000 + random.nextInt(3),
                                payload,
                                Map.of(),
                                null),
                        rule));
                sinks.add(rule == null ? own : Set.copyOf(rule));
            }
            int bytes = BatchCodec.encode(some, spool.route(some)).length;
            rows.add(new Row(messages.size(), bytes, some.getFirst().receivedAt(), sinks));
            sinks.forEach(names -> names.forEach(sink -> cursors.putIfAbsent(sink, (long) messages.size())));
            assertThat(spool.append(some, random.nextBoolean()).get()).isEqualTo(messages.size());
            messages.addAll(some);
        }

        /** Of any sink, since what was left for one that is not named any more is delivered too. */
        private void acknowledge() throws Exception {
            String sink = oneOf(cursors.keySet());
            long from = cursors.get(sink);
            if (from == messages.size()) {
                return;
            }
            long to = from + 1 + random.nextInt((int) (messages.size() - from));
            List<DeadLetter> dead = new ArrayList<>();
            List<SpooledMessage> aside = new ArrayList<>();
            try (SpoolReader reader = spool.reader(sink)) {
                List<SpooledMessage> all = new ArrayList<>();
                SpoolFolder.readTo(spool, reader, from, all);
                for (SpooledMessage message : all) {
                    boolean own = message.position() < to;
                    if (own && dead.size() < 3 && random.nextInt(20) == 0) {
                        dead.add(new DeadLetter(
                                sink,
                                message.position(),
                                message,
                                1 + random.nextInt(9),
                                "no " + message.position(),
                                7));
                    } else if (own && random.nextInt(20) == 0) {
                        aside.add(message);
                    }
                }
            }
            spool.acknowledge(sink, to, dead, aside).get();
            cursors.put(sink, to);
            dead.forEach(letter -> letters.get(sink).put(letter.position(), letter));
            aside.forEach(message -> held.get(sink).put(message.position(), message));
        }

        private String oneOf(Set<String> sinks) {
            return List.copyOf(sinks).get(random.nextInt(sinks.size()));
        }

        private void removeLetters() throws Exception {
            for (TreeMap<Long, DeadLetter> some : letters.values()) {
                List<DeadLetter> gone = new ArrayList<>(some.values());
                gone.removeIf(letter -> random.nextBoolean());
                spool.removeDeadLetters(gone).get();
                gone.forEach(letter -> some.remove(letter.position()));
            }
        }

        private void letGo() throws Exception {
            for (Map.Entry<String, TreeMap<Long, SpooledMessage>> some : held.entrySet()) {
                List<SpooledMessage> gone = new ArrayList<>(some.getValue().values());
                gone.removeIf(message -> random.nextBoolean());
                List<DeadLetter> dead = new ArrayList<>();
                for (SpooledMessage message : gone) {
                    if (random.nextInt(5) == 0) {
                        dead.add(new DeadLetter(some.getKey(), message.position(), message, 4, "never", 9));
                    }
                }
                spool.letGo(some.getKey(), gone, dead).get();
                gone.forEach(message -> some.getValue().remove(message.position()));
                dead.forEach(letter -> letters.get(some.getKey()).put(letter.position(), letter));
            }
        }

        private void forget() throws Exception {
            Set<String> left = new TreeSet<>(cursors.keySet());
            left.removeAll(named);
            if (!left.isEmpty()) {
                String sink = oneOf(left);
                spool.forget(sink).get();
                cursors.remove(sink);
                held.get(sink).clear();
                SpoolReader reader = readers.remove(sink);
                if (reader != null) {
                    reader.close();
                }
            }
        }

        private void reopen() {
            closeReaders();
            spool.close();
            named = Set.copyOf(
                    NAMES.stream().filter(sink -> random.nextInt(3) > 0).toList());
            if (named.isEmpty()) {
                named = Set.of("a");
            }
            own = Set.copyOf(
                    named.stream().filter(sink -> random.nextInt(3) > 0).toList());
            spool = open();
        }

        private void crash() throws Exception {
            boolean powerLost = random.nextBoolean();
            SpoolFolder left = folder.copy();
            close();
            folder = left;
            if (powerLost) {
                Files.deleteIfExists(folder.file("-shm"));
            }
            spool = open();
        }

        /** Those that the message at a position goes to. */
        private Set<String> sinks(long position) {
            Row row = rows.stream()
                    .filter(some -> some.position() <= position && position < some.end())
                    .findFirst()
                    .orElseThrow();
            return row.sinks().get((int) (position - row.position()));
        }

        private void check() throws Exception {
            long dead = 0;
            long bytes = 0;
            for (String sink : NAMES) {
                dead += letters.get(sink).size();
                if (named.contains(sink)) {
                    List<Envelope> kept = new ArrayList<>(held.get(sink).values());
                    letters.get(sink).values().forEach(letter -> kept.add(letter.message()));
                    bytes += kept.stream()
                            .mapToLong(message -> BatchCodec.encode(message).length)
                            .sum();
                }
            }
            for (Row row : rows) {
                boolean waitedFor = named.stream().anyMatch(sink -> row.goesTo(sink) && cursors.get(sink) < row.end());
                bytes += waitedFor ? row.bytes() : 0;
            }
            SpoolState state = spool.state();
            assertThat(state.end()).isEqualTo(messages.size());
            assertThat(state.cursors()).isEqualTo(cursors);
            assertThat(state.deadLetters()).isEqualTo(dead);
            assertThat(state.bytes()).isEqualTo(bytes);
            for (String sink : NAMES) {
                long all = LongStream.range(openedAt, messages.size())
                        .filter(at -> sinks(at).contains(sink))
                        .count();
                assertThat(state.apart().getOrDefault(sink, 0L))
                        .as("what goes to sink %s apart from all", sink)
                        .isEqualTo(all - (own.contains(sink) ? messages.size() - openedAt : 0));
            }
            for (String sink : cursors.keySet()) {
                checkSink(sink);
            }
        }

        private void checkSink(String sink) throws Exception {
            long cursor = cursors.get(sink);
            List<SpooledMessage> found = new ArrayList<>();
            SpoolReader reader = readers.computeIfAbsent(sink, spool::reader);
            SpoolFolder.readTo(spool, reader, cursor, found);
            same(found, waiting(sink));
            List<DeadLetter> dead = spool.queries().deadLetters(sink, 0, 10_000);
            List<DeadLetter> expected = List.copyOf(letters.get(sink).values());
            assertThat(dead.stream().map(DeadLetter::position))
                    .containsExactlyElementsOf(
                            expected.stream().map(DeadLetter::position).toList());
            assertThat(dead.stream().map(DeadLetter::reason))
                    .containsExactlyElementsOf(
                            expected.stream().map(DeadLetter::reason).toList());
            same(
                    dead.stream().map(DeadLetter::message).toList(),
                    expected.stream().map(DeadLetter::message).toList());
            checkHeld(sink, reader);
            List<Row> behind = rows.stream()
                    .filter(row -> row.goesTo(sink) && row.end() > cursor)
                    .toList();
            assertThat(spool.queries().backlog(sink, cursor).bytes())
                    .isEqualTo(behind.stream().mapToLong(Row::bytes).sum());
        }

        private void checkHeld(String sink, SpoolReader reader) {
            List<SpooledMessage> found = new ArrayList<>();
            List<SpoolQueries.HeldStream> streams = held.get(sink).isEmpty() && random.nextInt(4) > 0
                    ? List.of()
                    : spool.queries().heldStreams(sink);
            for (SpoolQueries.HeldStream stream : streams) {
                List<SpooledMessage> some = reader.held(stream.stream(), 10_000);
                assertThat(some).hasSize((int) stream.messages());
                found.addAll(some);
            }
            found.sort(Comparator.comparingLong(SpooledMessage::position));
            same(found, List.copyOf(held.get(sink).values()));
        }

        private static void same(List<? extends Envelope> found, List<? extends Envelope> expected) {
            assertThat(found).hasSameSizeAs(expected);
            for (int i = 0; i < found.size(); i++) {
                Envelope one = found.get(i);
                Envelope other = expected.get(i);
                if (!one.origin().equals(other.origin())
                        || one.sequence() != other.sequence()
                        || one.receivedAt() != other.receivedAt()
                        || !java.util.Arrays.equals(one.getPayload(), other.getPayload())) {
                    throw new AssertionError("message " + i + ": " + one + " instead of " + other);
                }
            }
        }

        private void closeReaders() {
            readers.values().forEach(SpoolReader::close);
            readers.clear();
        }

        @Override
        public void close() throws Exception {
            closeReaders();
            spool.close();
            folder.close();
        }
    }
}
