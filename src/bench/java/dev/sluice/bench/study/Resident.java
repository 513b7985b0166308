package dev.sluice.bench.study;

import dev.sluice.bench.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the kernel knows of a process's memory and of its limit of open files. */
final class Resident {

    private static final int MOST_COLLECTIONS = 6;
    private static final long COLLECTION_SECONDS = 60;
    /** The collector gives memory back after the collection, on a thread of its own. */
    private static final Duration GIVEN_BACK = Duration.ofSeconds(1);

    private Resident() {}

    /** The resident memory of a JVM in KiB, garbage collected until that changes it no more. */
    static long afterCollection(long pid, Path log) throws IOException {
        long before = Long.MAX_VALUE;
        for (int i = 0; i < MOST_COLLECTIONS; i++) {
            collect(pid, log);
            Pause.of(GIVEN_BACK);
            long now = kibibytes(pid);
            if (Math.abs(before - now) < now / 200) {
                return now;
            }
            before = now;
        }
        return before;
    }

    static long kibibytes(long pid) throws IOException {
        return number(Path.of("/proc", String.valueOf(pid), "status"), "VmRSS:", 1);
    }

    /** How many a process may have open now: a JVM raises what it is given to what it may have, as it starts. */
    static long openFiles(long pid) throws IOException {
        return number(Path.of("/proc", String.valueOf(pid), "limits"), "Max open files", 3);
    }

    private static long number(Path file, String label, int word) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(label)) {
                String text = line.split("\\s+")[word];
                return text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text);
            }
        }
        throw new IOException("%s has no line '%s'".formatted(file, label));
    }

    private static void collect(long pid, Path log) throws IOException {
        Process jcmd = new ProcessBuilder(List.of(ChildProcess.ofJdk("jcmd"), String.valueOf(pid), "GC.run"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            if (!jcmd.waitFor(COLLECTION_SECONDS, TimeUnit.SECONDS) || jcmd.exitValue() != 0) {
                throw new IOException("jcmd %d GC.run did not succeed, see %s".formatted(pid, log));
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        } finally {
            jcmd.destroyForcibly();
        }
    }
}
