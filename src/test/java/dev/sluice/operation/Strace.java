package dev.sluice.operation;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that have system calls on a spool's files go wrong, which takes strace and the right to use it. */
final class Strace {

    private Strace() {}

    static void assume() throws InterruptedException {
        assumeTrue(works(), "strace is not installed, or may not be used here");
    }

    private static boolean works() throws InterruptedException {
        try {
            return new ProcessBuilder("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "true")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException ex) {
            return false;
        }
    }

    /**
     * @param calls by name, with commas between
     * @param fault what happens at them, and at which of each thread
     */
    static List<String> inject(Path directory, String calls, String fault, List<String> command) throws IOException {
        return injectAt(directory, List.of("", "-wal"), calls + ":" + fault, command);
    }

    /**
     * @param suffixes of the files behind the name of the spool
     * @param fault calls, what happens at them, and at which of each thread
     */
    static List<String> injectAt(Path directory, List<String> suffixes, String fault, List<String> command)
            throws IOException {
        String spool = directory.toRealPath().resolve("data/in.spool").toString();
        List<String> traced = new ArrayList<>(List.of("strace", "-f", "-qq", "-o", "/dev/null"));
        suffixes.forEach(suffix -> traced.addAll(List.of("-P", spool + suffix)));
        String calls = fault.substring(0, fault.indexOf(':'));
        traced.addAll(List.of("-e", "trace=" + calls, "-e", "inject=" + fault));
        traced.addAll(command);
        return traced;
    }
}
