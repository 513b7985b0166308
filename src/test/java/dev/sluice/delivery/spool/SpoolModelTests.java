package dev.sluice.delivery.spool;

import static dev.sluice.delivery.spool.SpoolFolder.origin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A spool against plain lists in memory, through random sequences of everything that can be asked of it. */
class SpoolModelTests {

    private static final List<String> NAMES = List.of("a", "b", "c");

    @Test
    void theSpoolHoldsWhatAPlainListWould() throws Exception {
        for (long seed = 1; seed <= 200; seed++) {
            run(seed);
        }
    }

    @Tag("long")
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
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

    private record Row(long position, long bytesBefore, int messages, long receivedAt) {}

    private static final class Run implements AutoCloseable {

        private final Random random;
        private final List<Envelope> messages = new ArrayList<>();
        private final List<Row> rows = new ArrayList<>();
        private final Map<String, Long> cursors = new TreeMap<>();
        private final Map<String, TreeMap<Long, DeadLetter>> letters = new TreeMap<>();
        private final Map<String, Spool.Reader> readers = new HashMap<>();
        private long endBytes;
        private long sequence;
        private List<String> sinks = new ArrayList<>(NAMES);
        private SpoolFolder folder = SpoolFolder.create();
        private SqliteSpool spool;

        Run(long seed) throws Exception {
            random = new Random(seed);
            spool = open();
        }

        private SqliteSpool open() {
            SqliteSpool opened = folder.open(sinks, 1L << 40);
            sinks.forEach(sink -> cursors.putIfAbsent(sink, (long) messages.size()));
            Map<String, Long> dead = new HashMap<>();
            letters.forEach((sink, some) -> {
                if (!some.isEmpty()) {
                    dead.put(sink, (long) some.size());
                }
            });
            long alone = letters.values().stream()
                    .flatMap(some -> some.keySet().stream())
                    .filter(position -> position < first())
                    .distinct()
                    .count();
            assertThat(opened.held()).isEqualTo(new Spool.Held(messages.size() - first() + alone, dead));
            assertThat(opened.state().damaged()).isEmpty();
            return opened;
        }

        void steps() throws Exception {
            int steps = 5 + random.nextInt(20);
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3 -> append();
                    case 4, 5, 6 -> acknowledge();
                    case 7 -> removeLetters();
                    case 8 -> reopen();
                    case 9, 10 -> crash();
                    default -> forget();
                }
                check();
            }
        }

        private void append() throws Exception {
            List<Origin> origins = List.of(origin("c" + random.nextInt(5)), origin("d"));
            List<Envelope> some = new ArrayList<>();
            int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 500 : 5);
            for (int i = 0; i < count; i++) {
                byte[] payload = new byte
                        [switch (random.nextInt(40)) {
                            case 0 -> 100_000;
                            case 1, 2, 3 -> 0;
                            default -> random.nextInt(100);
                        }];
                random.nextBytes(payload);
                some.add(new SpooledMessage(
                        origins.get(random.nextInt(2)), ++sequence, 1000 + random.nextInt(3), payload));
            }
            int bytes = BatchCodec.encode(some).length;
            rows.add(new Row(messages.size(), endBytes, count, some.getFirst().receivedAt()));
            assertThat(spool.append(some, random.nextBoolean()).get()).isEqualTo(messages.size());
            messages.addAll(some);
            endBytes += bytes;
        }

        private void acknowledge() throws Exception {
            String sink = sinks.get(random.nextInt(sinks.size()));
            long from = cursors.get(sink);
            int waiting = (int) (messages.size() - from);
            if (waiting == 0) {
                return;
            }
            long to = from + 1 + random.nextInt(waiting);
            Map<Long, DeadLetter> dead = new LinkedHashMap<>();
            for (long at = from; at < to && dead.size() < 3; at++) {
                if (random.nextInt(20) == 0) {
                    dead.put(
                            at, new DeadLetter(sink, at, messages.get((int) at), 1 + random.nextInt(9), "no " + at, 7));
                }
            }
            spool.acknowledge(sink, to, List.copyOf(dead.values())).get();
            cursors.put(sink, to);
            letters.computeIfAbsent(sink, s -> new TreeMap<>()).putAll(dead);
        }

        private void removeLetters() throws Exception {
            for (TreeMap<Long, DeadLetter> some : letters.values()) {
                List<DeadLetter> gone = new ArrayList<>(some.values());
                gone.removeIf(letter -> random.nextBoolean());
                spool.removeDeadLetters(gone).get();
                gone.forEach(letter -> some.remove(letter.position()));
            }
        }

        private void forget() throws Exception {
            if (sinks.size() > 1) {
                String sink = sinks.remove(random.nextInt(sinks.size()));
                spool.forget(sink).get();
                cursors.remove(sink);
                Spool.Reader reader = readers.remove(sink);
                if (reader != null) {
                    reader.close();
                }
            }
        }

        private void reopen() {
            closeReaders();
            spool.close();
            if (random.nextInt(3) == 0) {
                sinks = new ArrayList<>(NAMES);
            }
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

        private long first() {
            return cursors.values().stream().mapToLong(Long::longValue).min().orElse(messages.size());
        }

        private Row row(long position) {
            return rows.stream()
                    .filter(row -> row.position() <= position && position < row.position() + row.messages())
                    .findFirst()
                    .orElseThrow();
        }

        private void check() throws Exception {
            long dead = 0;
            long deadBytes = 0;
            for (TreeMap<Long, DeadLetter> some : letters.values()) {
                for (DeadLetter letter : some.values()) {
                    dead++;
                    deadBytes += BatchCodec.encode(List.of(letter.message())).length;
                }
            }
            SpoolState state = spool.state();
            assertThat(state.end()).isEqualTo(messages.size());
            assertThat(state.cursors()).isEqualTo(cursors);
            assertThat(state.deadLetters()).isEqualTo(dead);
            long firstBytes =
                    first() == messages.size() ? endBytes : row(first()).bytesBefore();
            assertThat(state.bytes()).isEqualTo(endBytes - firstBytes + deadBytes);
            for (String sink : sinks) {
                checkSink(sink);
            }
        }

        private void checkSink(String sink) throws Exception {
            long cursor = cursors.get(sink);
            List<Envelope> waiting = new ArrayList<>();
            SpoolFolder.readTo(spool, readers.computeIfAbsent(sink, spool::reader), cursor, waiting);
            same(waiting, messages.subList((int) cursor, messages.size()));
            List<DeadLetter> found = spool.deadLetters(sink);
            List<DeadLetter> expected =
                    List.copyOf(letters.getOrDefault(sink, new TreeMap<>()).values());
            assertThat(found.stream().map(DeadLetter::position))
                    .containsExactlyElementsOf(
                            expected.stream().map(DeadLetter::position).toList());
            assertThat(found.stream().map(DeadLetter::reason))
                    .containsExactlyElementsOf(
                            expected.stream().map(DeadLetter::reason).toList());
            same(
                    found.stream().map(DeadLetter::message).toList(),
                    expected.stream().map(DeadLetter::message).toList());
            assertThat(spool.backlog(cursor))
                    .isEqualTo(
                            cursor == messages.size()
                                    ? Spool.Backlog.NONE
                                    : new Spool.Backlog(
                                            messages.size() - cursor,
                                            endBytes - row(cursor).bytesBefore(),
                                            row(cursor).receivedAt()));
        }

        private static void same(List<Envelope> found, List<Envelope> expected) {
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
            readers.values().forEach(Spool.Reader::close);
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
