package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.delivery.spool.FaultySpoolProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.FileSystemUtils;

/**
 * System calls on a spool's files that fail now and then: nothing is lost, nothing is there twice, what is used is
 * counted right, and all goes on once they work.
 */
@ResourceLock(SluiceProcess.PROCESSES)
final class FaultySpoolTests {

    /** Of the long test. */
    private static final long MINUTES = Long.getLong("faulty-spool.minutes", 120);

    private static final int SECONDS = 4;
    private static final int LONG_SECONDS = 20;
    private static final int LIFE_MILLIS = 1000;
    /** With fewer calls between two faults no opening ever comes to an end: it writes all tables, and the log back. */
    private static final int LEAST_STEP = 53;

    /** Large messages that are committed together take hundreds of calls. */
    private static final int LEAST_STEP_OF_LARGE = 1000;

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    private Path folder;

    /**
     * What goes wrong, and at which calls of each thread: from one on, up to one where the start would never come to an
     * end.
     */
    enum Fault {
        UNSYNCED("fsync,fdatasync:error=EIO", false),
        FULL("pwrite64:error=ENOSPC", false),
        UNWRITTEN("pwrite64:error=EIO", false),
        READ_ONLY("pwrite64:error=EROFS", false),
        UNCUT("ftruncate:error=EIO", true),
        UNREAD("pread64:error=EIO", true),
        UNOPENED("openat:error=EMFILE", true),
        UNREMOVED("unlink:error=EIO", true);

        private final String call;
        private final boolean ends;

        Fault(String call, boolean ends) {
            this.call = call;
            this.ends = ends;
        }

        String at(int first, int step) {
            return call + ":when=" + first + (ends ? ".." + (first + 6 * step) : "") + "+" + step;
        }
    }

    @BeforeEach
    void strace() throws Exception {
        Strace.assume();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNSYNCED", "FULL", "UNWRITTEN", "UNOPENED"})
    void everySoManiethCallFails(Fault fault) throws Exception {
        run(SECONDS, 1, 2000, LIFE_MILLIS, fault.at(17, LEAST_STEP));
    }

    /** Whether what cannot be read is damaged nobody knows: it is read again, and nothing is set aside. */
    @ParameterizedTest
    @CsvSource({"697035, 2000, 52, 34", "2021378582, 60000, 4, 1004"})
    void aFileThatCannotBeReadForAWhileIsNotTakenForDamaged(int seed, int length, int first, int step)
            throws Exception {
        assertThat(run(SECONDS, seed, length, LIFE_MILLIS, Fault.UNREAD.at(first, step)))
                .doesNotContain("is damaged:");
    }

    /** The log grows until it has to be written back, which fails, behind a commit that has taken place. */
    @Test
    @Tag("long")
    void aFileThatCannotGrowTakesNothingTwice() throws Exception {
        String log = run(1, 1, 3_000_000, 20_000, "pwrite64:error=ENOSPC:when=1+1", "");

        assertThat(log).contains("could not be written back into the file: the disk is full");
    }

    @Test
    @Tag("long")
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void callsOfAllKindsFailForHours() throws Exception {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        System.out.println("Seed: " + seed);
        while (System.nanoTime() - until < 0) {
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            boolean large = random.nextBoolean();
            int length = large ? 60_000 : 2000;
            int least = large ? LEAST_STEP_OF_LARGE : LEAST_STEP;
            String where = fault.at(1 + random.nextInt(60), least + random.nextInt(60));
            System.out.println(where + ": "
                    + run(LONG_SECONDS, random.nextInt(), length, LIFE_MILLIS, where)
                            .strip());
        }
    }

    /** Of the spool, its log, and the index of that. */
    private String run(int seconds, int seed, int length, int lifeMillis, String fault) throws Exception {
        return run(seconds, seed, length, lifeMillis, fault, "", "-wal", "-shm");
    }

    /** Returns what the program said. */
    private String run(int seconds, int seed, int length, int lifeMillis, String fault, String... suffixes)
            throws Exception {
        Path directory = Files.createTempDirectory(memory(), "faulty-");
        try {
            List<String> program = new ArrayList<>(SluiceProcess.java(
                    "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", FaultySpoolProgram.class.getName()));
            Stream.of(directory, seconds, seed, length, lifeMillis)
                    .map(String::valueOf)
                    .forEach(program::add);
            Path log = folder.resolve("log");
            Process process = new ProcessBuilder(Strace.injectAt(directory, List.of(suffixes), fault, program))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as(Files.readString(log))
                        .isTrue();
                assertThat(process.exitValue()).as(Files.readString(log)).isZero();
                return Files.readString(log);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } finally {
            FileSystemUtils.deleteRecursively(directory);
        }
    }

    /** Where there is that, since much is written; or else the folder. */
    private Path memory() throws IOException {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Files.createDirectories(folder);
    }
}
