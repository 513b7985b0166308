package dev.sluice.delivery.spool;

import static dev.sluice.delivery.spool.SpoolFolder.message;
import static dev.sluice.delivery.spool.SpoolFolder.origin;
import static dev.sluice.delivery.spool.SpoolFolder.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.sink.RuledMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever becomes of the bytes of a spool, it opens, nothing is served that was not appended, and what is missing has
 * been reported.
 *
 * <p>What cannot be noticed: a log that has lost whole commits at its end together with the index beside it (as it may
 * be after a power loss on a disk that had not kept its word), since that is what the log looked like earlier; and
 * files that are gone altogether.
 */
class SpoolDamageTests {

    private static final List<String> SINKS = List.of("fast", "slow");
    private static final int SAMPLES = 10;
    private static final int FIRST_PAGE = 16 * 1024;
    private static final int FIRST_PAGE_SAMPLES = 30;
    /** Each takes two openings and some commits; all of them would take hours. */
    private static final int MANY_SAMPLES = 2000;

    /** In which the files are. */
    enum Found {
        /** Closed: a main file without a log. */
        CLOSED,
        /** After {@code kill -9}: with a log, and the index that was kept in memory. */
        KILLED,
        /** After a power loss: without the index. */
        POWER_LOST,
        /** The same, and all is in the log yet. */
        LOG_ONLY
    }

    /** What was appended and is to be served. */
    private record Sample(Map<String, byte[]> files, Map<String, List<String>> waiting, Set<String> all, int letters) {

        Sample with(String suffix, byte[] changed) {
            Map<String, byte[]> copy = new HashMap<>(files);
            copy.put(suffix, changed);
            return new Sample(copy, waiting, all, letters);
        }
    }

    @Test
    void whatAStartThatWasKilledHadCopiedIsRemoved() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create()) {
            Path ours = Files.createDirectory(folder.file(".scratch-1"));
            Files.writeString(ours.resolve("copy"), "a copy of a spool");
            Path others = Files.createDirectory(folder.path().resolve("another.spool.scratch-1"));
            folder.open(List.of("sink"), 1 << 20).close();
            assertThat(ours).doesNotExist();
            assertThat(others).exists();
            try (var left = Files.list(folder.path())) {
                assertThat(left.filter(Files::isDirectory)).containsExactly(others);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"CLOSED,''", "KILLED,''", "KILLED,-wal", "POWER_LOST,''", "POWER_LOST,-wal", "LOG_ONLY,-wal"})
    void aChangedByteIsNoticedOrDoesNotMatter(Found found, String suffix) throws Exception {
        flip(found, suffix, SAMPLES);
    }

    @ParameterizedTest
    @CsvSource({"CLOSED,''", "KILLED,-wal", "LOG_ONLY,-wal"})
    void aChangedByteIsNoticedOrDoesNotMatterWhereMessagesTakeDifferentRoutes(Found found, String suffix)
            throws Exception {
        Sample sample = sample(found, true);
        flip(sample, suffix, places(sample.files().get(suffix), SAMPLES));
    }

    /** There SQLite says what tables there are, without which it can make nothing of the rest. */
    @ParameterizedTest
    @EnumSource(names = {"CLOSED", "KILLED", "POWER_LOST"})
    void aChangedByteOfTheFirstPageIsNoticedOrDoesNotMatter(Found found) throws Exception {
        flipFirstPage(found, FIRST_PAGE_SAMPLES);
    }

    @Tag("long")
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    @ParameterizedTest
    @EnumSource(names = {"CLOSED", "KILLED", "POWER_LOST"})
    void manyChangedBytesOfTheFirstPageAreNoticedOrDoNotMatter(Found found) throws Exception {
        flipFirstPage(found, MANY_SAMPLES);
    }

    @Tag("long")
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    @ParameterizedTest
    @CsvSource({"CLOSED,''", "KILLED,''", "KILLED,-wal", "POWER_LOST,''", "POWER_LOST,-wal", "LOG_ONLY,-wal"})
    void manyChangedBytesAreNoticedOrDoNotMatter(Found found, String suffix) throws Exception {
        flip(found, suffix, MANY_SAMPLES);
    }

    @ParameterizedTest
    @CsvSource({"CLOSED,''", "KILLED,''", "KILLED,-wal", "POWER_LOST,''", "POWER_LOST,-wal"})
    void aFileCutShortIsNoticed(Found found, String suffix) throws Exception {
        cut(found, suffix, SAMPLES);
    }

    @Tag("long")
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    @ParameterizedTest
    @CsvSource({"CLOSED,''", "KILLED,''", "KILLED,-wal", "POWER_LOST,''", "POWER_LOST,-wal"})
    void aFileCutShortAtManyLengthsIsNoticed(Found found, String suffix) throws Exception {
        cut(found, suffix, MANY_SAMPLES);
    }

    private static void flipFirstPage(Found found, int most) throws Exception {
        Sample sample = sample(found);
        byte[] page = Arrays.copyOf(sample.files().get(""), FIRST_PAGE);
        flip(sample, "", places(page, most));
    }

    private static void flip(Found found, String suffix, int most) throws Exception {
        Sample sample = sample(found);
        flip(sample, suffix, places(sample.files().get(suffix), most));
    }

    private static void flip(Sample sample, String suffix, List<Integer> places) throws Exception {
        byte[] bytes = sample.files().get(suffix);
        List<String> failures = new ArrayList<>();
        try (SpoolFolder folder = SpoolFolder.create()) {
            for (int at : places) {
                for (int mask : new int[] {0xFF, 1 << at % 8}) {
                    byte[] changed = bytes.clone();
                    changed[at] ^= (byte) mask;
                    check(folder, sample.with(suffix, changed), false, failures, suffix + " byte " + at + " ^ " + mask);
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    private static void cut(Found found, String suffix, int most) throws Exception {
        Sample sample = sample(found);
        byte[] bytes = sample.files().get(suffix);
        Set<Integer> ends = found == Found.POWER_LOST && suffix.equals("-wal") ? commitEnds(bytes) : Set.of();
        List<String> failures = new ArrayList<>();
        try (SpoolFolder folder = SpoolFolder.create()) {
            TreeSet<Integer> lengths = new TreeSet<>(places(bytes, most));
            lengths.addAll(ends);
            for (int length : lengths) {
                byte[] changed = Arrays.copyOf(bytes, length);
                check(
                        folder,
                        sample.with(suffix, changed),
                        length == 0 || ends.contains(length),
                        failures,
                        suffix + " cut to " + length);
            }
        }
        assertThat(failures).isEmpty();
    }

    /** Each byte that is not a zero between zeros, and of those some; evenly fewer if that is too many. */
    private static List<Integer> places(byte[] bytes, int most) {
        int[] all = IntStream.range(0, bytes.length)
                .filter(i -> bytes[i] != 0 || i % 512 == 0)
                .toArray();
        double step = Math.max(1, (double) all.length / most);
        IntFunction<Integer> place = i -> all[(int) (i * step)];
        List<Integer> places = new ArrayList<>();
        for (int i = 0; (int) (i * step) < all.length; i++) {
            places.add(place.apply(i));
        }
        return places;
    }

    /** Where the log would be whole if it ended there, and nothing beside it says otherwise. */
    private static Set<Integer> commitEnds(byte[] log) {
        Set<Integer> ends = new TreeSet<>(Set.of(32));
        java.nio.ByteBuffer words = java.nio.ByteBuffer.wrap(log);
        int frame = 24 + words.getInt(8);
        for (int at = 32; at + frame <= log.length; at += frame) {
            if (words.getInt(at + 4) != 0) {
                ends.add(at + frame);
            }
        }
        return ends;
    }

    private static void check(
            SpoolFolder folder, Sample sample, boolean unnoticeable, List<String> failures, String what)
            throws IOException {
        if (failures.size() > 20) {
            return;
        }
        folder.empty();
        for (Map.Entry<String, byte[]> file : sample.files().entrySet()) {
            Files.write(folder.file(file.getKey()), file.getValue());
        }
        try {
            List<Path> reported = checkServed(folder, sample, unnoticeable, failures, what);
            try (Spool again = folder.open(SINKS, 1 << 30)) {
                if (!again.state().damaged().equals(reported)) {
                    failures.add(what + ": damage at the second opening too: "
                            + again.state().damaged());
                }
            }
        } catch (Exception | AssertionError ex) {
            failures.add(what + ": " + ex + " at " + ex.getStackTrace()[0]);
        }
    }

    private static List<Path> checkServed(
            SpoolFolder folder, Sample sample, boolean unnoticeable, List<String> failures, String what)
            throws Exception {
        try (Spool spool = folder.open(SINKS, 1 << 30)) {
            boolean reported = !spool.state().damaged().isEmpty();
            long found = 0;
            for (String sink : SINKS) {
                List<String> served = texts(waiting(spool, sink));
                if (!sample.all().containsAll(served)) {
                    failures.add(what + ": wrong content for " + sink);
                }
                List<String> inOrder = new ArrayList<>(sample.all());
                inOrder.retainAll(Set.copyOf(served));
                if (!inOrder.equals(served)) {
                    failures.add(what + ": twice or out of order for " + sink);
                }
                if (!served.containsAll(sample.waiting().get(sink)) && !reported && !unnoticeable) {
                    failures.add(what + ": missing unreported for " + sink);
                }
                if (!served.equals(sample.waiting().get(sink)) && !reported && !unnoticeable) {
                    failures.add(what + ": served twice unreported for " + sink);
                }
                List<DeadLetter> letters = spool.queries().deadLetters(sink, 0, 10_000);
                found += letters.size();
                if (!sample.all()
                        .containsAll(
                                texts(letters.stream().map(DeadLetter::message).toList()))) {
                    failures.add(what + ": wrong dead letter");
                }
                if (letters.stream().anyMatch(letter -> !letter.reason().equals("refused"))) {
                    failures.add(what + ": wrong reason of a dead letter");
                }
            }
            if (found < sample.letters() && !reported && !unnoticeable) {
                failures.add(what + ": dead letter missing unreported");
            }
            if (found != spool.state().deadLetters()) {
                failures.add(what + ": dead letters miscounted");
            }
            spool.append(List.of(message(origin("new"), 1, "new")), false).get();
            for (String sink : SINKS) {
                if (!texts(waiting(spool, sink)).getLast().equals("new")) {
                    failures.add(what + ": not usable afterwards for " + sink);
                }
            }
            return spool.state().damaged();
        }
    }

    private static List<String> texts(List<Envelope> messages) {
        return messages.stream()
                .map(message -> new String(message.getPayload(), StandardCharsets.UTF_8))
                .toList();
    }

    private static Sample sample(Found found) throws Exception {
        return sample(found, false);
    }

    /**
     * @param routed whether of the messages of one append each goes to another sink
     */
    private static Sample sample(Found found, boolean routed) throws Exception {
        Set<String> all = new LinkedHashSet<>();
        List<String> texts = new ArrayList<>();
        try (SpoolFolder folder = SpoolFolder.create()) {
            SpoolFolder left;
            Map<String, List<String>> waiting = new HashMap<>();
            int letters;
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                append(spool, texts, routed, 0, 12);
                letters = acknowledge(spool);
                if (found == Found.KILLED || found == Found.POWER_LOST) {
                    checkpoint(folder);
                }
                append(spool, texts, routed, 12, 20);
                spool.acknowledge("fast", 15, List.of(), List.of()).get();
                spool.acknowledge("slow", 7, List.of(), List.of()).get();
                append(spool, texts, routed, 20, 24);
                all.addAll(texts);
                for (String sink : SINKS) {
                    waiting.put(sink, texts(waiting(spool, sink)));
                }
                assertThat(waiting.get("fast")).hasSize(routed ? 4 : 9);
                assertThat(waiting.get("slow")).hasSize(routed ? 10 : 17);
                left = folder.copy();
            }
            if (found == Found.CLOSED) {
                left.close();
                left = folder.copy();
            }
            Map<String, byte[]> files = new HashMap<>();
            for (String suffix : SpoolFolder.SUFFIXES) {
                if (Files.exists(left.file(suffix)) && (found == Found.KILLED || !suffix.equals("-shm"))) {
                    files.put(suffix, Files.readAllBytes(left.file(suffix)));
                }
            }
            left.close();
            return new Sample(files, waiting, all, letters);
        }
    }

    private static void append(Spool spool, List<String> texts, boolean routed, int from, int to) throws Exception {
        Origin origin = origin("c" + from);
        for (int i = from; i < to; i += 2) {
            List<Envelope> messages = new ArrayList<>();
            for (int j = i; j < i + 2; j++) {
                String text = j + "-" + "abcdefghij".repeat(j % 5 == 4 ? 2000 : 20);
                texts.add(text);
                Envelope message = message(origin, j + 1, text);
                messages.add(routed && j >= 10 ? new RuledMessage(message, List.of(SINKS.get(j % 2))) : message);
            }
            spool.append(messages, false).get();
        }
    }

    private static int acknowledge(Spool spool) throws Exception {
        List<Envelope> messages = waiting(spool, "slow");
        spool.acknowledge("slow", 3, List.of(new DeadLetter("slow", 1, messages.get(1), 3, "refused", 5)), List.of())
                .get();
        spool.acknowledge("fast", 10, List.of(new DeadLetter("fast", 6, messages.get(6), 1, "refused", 6)), List.of())
                .get();
        return 2;
    }

    private static void checkpoint(SpoolFolder folder) throws Exception {
        try (SpoolFile file = SpoolFile.open(folder.file(""))) {
            file.checkpoint();
        }
    }

    @Test
    void aLogThatIsGoneIsNoticedByItsIndex() throws Exception {
        Sample sample = sample(Found.KILLED);
        sample.files().remove("-wal");
        List<String> failures = new ArrayList<>();
        try (SpoolFolder folder = SpoolFolder.create()) {
            check(folder, sample, false, failures, "no log");
        }
        assertThat(failures).isEmpty();
    }
}
