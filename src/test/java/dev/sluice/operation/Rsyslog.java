package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An rsyslog that follows a file and forwards its lines, in a folder of its own where it finds again what it had when
 * it is started anew. It is the system's, or the one that {@code .ci/run} has unpacked, since it can't be installed
 * beside the package that loggen comes with.
 */
final class Rsyslog implements AutoCloseable {

    private static final Path INSTALLED = Path.of("/usr/sbin/rsyslogd");
    private static final Path UNPACKED = Path.of("target", "rsyslog").toAbsolutePath();
    /** The module that speaks RELP. */
    static final String RELP = "omrelp";

    private static final int MOST_SHUTDOWN_SECONDS = 60;

    private final Process process;

    private Rsyslog(Process process) {
        this.process = process;
    }

    /** Skips the test where there is none. */
    static void assumePresent() {
        assumeThat(Files.isExecutable(INSTALLED) || Files.isExecutable(unpacked()))
                .as("rsyslogd is installed, or unpacked in " + UNPACKED)
                .isTrue();
    }

    /** Skips the test where it lacks this module, which is a package of its own. */
    static void assumePresent(String module) {
        assumePresent();
        assumeThat(hasModule(Path.of("/usr/lib"), module) || hasModule(UNPACKED.resolve("usr/lib"), module))
                .as("rsyslog has " + module)
                .isTrue();
    }

    private static boolean hasModule(Path libraries, String module) {
        if (!Files.isDirectory(libraries)) {
            return false;
        }
        try (Stream<Path> folders = Files.list(libraries)) {
            return folders.anyMatch(folder -> Files.exists(folder.resolve("rsyslog/" + module + ".so")));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * @param actions where the lines go, in rsyslog's words
     */
    static Rsyslog start(Path folder, Path followed, String actions) throws IOException {
        Path configuration = Files.writeString(folder.resolve("rsyslog.conf"), """
            global(workDirectory="%1$s" inputs.timeout.shutdown="20000")
            module(load="imfile")
            %4$s
            main_queue(queue.type="Direct")
            ruleset(name="forward") {
            %3$s
            }
            input(type="imfile" file="%2$s" tag="numbered:" ruleset="forward")
            """.formatted(
                        folder, followed, actions, actions.contains(RELP) ? "module(load=\"" + RELP + "\")" : ""));
        boolean installed = Files.isExecutable(INSTALLED);
        ProcessBuilder program = new ProcessBuilder(
                installed ? INSTALLED.toString() : unpacked().toString(),
                "-n",
                "-i",
                folder.resolve("pid").toString(),
                "-f",
                configuration.toString());
        if (!installed) {
            Path libraries = libraries();
            program.command().addAll(List.of("-M", libraries.resolve("rsyslog").toString()));
            program.environment().put("LD_LIBRARY_PATH", libraries.toString());
        }
        return new Rsyslog(program.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("rsyslog.log").toFile()))
                .start());
    }

    private static Path unpacked() {
        return UNPACKED.resolve("usr/sbin/rsyslogd");
    }

    /** A folder of the machine's architecture. */
    private static Path libraries() throws IOException {
        try (Stream<Path> folders = Files.list(UNPACKED.resolve("usr/lib"))) {
            return folders.filter(folder -> Files.isDirectory(folder.resolve("rsyslog")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Ends it as a system does that shuts down: it keeps what waits, if it is told to. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(MOST_SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("rsyslog did not end by itself");
            }
            assertThat(process.exitValue()).isZero();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(ex));
        }
    }
}
