package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A data directory that cannot be written: nobody is told that a message is safe which is not, and it passes by itself.
 */
@ResourceLock(SluiceProcess.PROCESSES)
final class FailingDiskTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 8;

    @TempDir
    private Path folder;

    private boolean mounted;

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            run("umount", data().toString());
        }
    }

    @Test
    void aFullDiskHoldsWhatComesUntilThereIsRoom() throws Exception {
        mount("size=8m");
        FileRecorder recorder = new FileRecorder(folder.resolve("recorded.log"));
        try (SluiceProcess sluice = SluiceProcess.start(folder, yaml(recorder));
                NumberedLoad load =
                        NumberedLoad.start(sluice.port("in"), 0, CONNECTIONS, 100_000, "x".repeat(500) + " ")) {
            load.awaitAnswered(100);
            Path ballast = data().resolve("ballast");
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
                fill(ballast);
                return sluice.log().contains("cannot be written: the disk is full. Make room on it");
            });
            long held = awaitHeld(load, ballast);
            Files.delete(ballast);
            load.awaitAnswered(held + 1000);
            load.close();
            assertAllCame(recorder, load);
            assertThat(sluice.log()).contains("Spool 'in': can be written again");
        }
    }

    @Test
    void aFullDiskTakesReadinessAway() throws Exception {
        mount("size=8m");
        FileRecorder recorder = new FileRecorder(folder.resolve("recorded.log"));
        try (SluiceProcess sluice = SluiceProcess.start(folder, yaml(recorder));
                NumberedLoad _ =
                        NumberedLoad.start(sluice.port("in"), 0, CONNECTIONS, 100_000, "x".repeat(500) + " ")) {
            Path ballast = data().resolve("ballast");
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
                fill(ballast);
                return sluice.get("/actuator/health/readiness").statusCode() == 503;
            });
            Files.delete(ballast);
            await().atMost(PATIENCE)
                    .until(() -> sluice.get("/actuator/health/readiness").statusCode() == 200);
        }
    }

    @Test
    void anErrorOfTheDiskHoldsWhatComesUntilItIsOver() throws Exception {
        passes("fsync,fdatasync", "error=EIO:when=30..34", "cannot be written: the disk reports an error (");
    }

    @Test
    void aDiskThatBecomesReadOnlyHoldsWhatComesUntilItIsOver() throws Exception {
        passes("pwrite64", "error=EROFS:when=60..64", "cannot be written: ");
    }

    /**
     * @param fault that passes
     */
    private void passes(String calls, String fault, String report) throws Exception {
        Strace.assume();
        FileRecorder recorder = new FileRecorder(folder.resolve("recorded.log"));
        List<String> traced = Strace.inject(folder, calls, fault, HeadlessSluice.java());
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml(recorder), traced);
                NumberedLoad load = NumberedLoad.start(sluice.awaitPort("in"), 0, CONNECTIONS, 500)) {
            load.awaitAllAnswered();
            assertThat(sluice.log()).contains(report).contains("Spool 'in': can be written again");
            assertAllCame(recorder, load);
            sluice.kill();
        }
        // What failed has left nothing behind that the next start would stumble over.
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml(recorder), HeadlessSluice.java())) {
            sluice.awaitPort("in");
            assertThat(sluice.log()).doesNotContain(" ERROR ");
        }
        recorder.look().assertRight(1);
    }

    @Test
    void aDirectoryThatIsReadOnlyAtTheStartEndsItWithAReport() throws Exception {
        mount("ro");
        FileRecorder recorder = new FileRecorder(folder.resolve("recorded.log"));
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml(recorder), HeadlessSluice.java())) {
            assertThat(sluice.awaitExit(PATIENCE)).isEqualTo(1);
            assertThat(sluice.log()).contains("sluice.data-directory: ").doesNotContain("\tat ");
        }
    }

    /** No more is answered while there is no room; answers how much was. */
    private static long awaitHeld(NumberedLoad load, Path ballast) {
        long[] last = {-1, System.nanoTime()};
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            fill(ballast);
            if (load.answered() != last[0]) {
                last[0] = load.answered();
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > Duration.ofSeconds(3).toNanos();
        });
        return last[0];
    }

    /** Takes all the room that there is. */
    private static void fill(Path ballast) {
        try (OutputStream out = Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int i = 0; i < 10_000; i++) {
                out.write(new byte[4096]);
            }
        } catch (IOException ex) {
            // Full.
        }
    }

    private static void assertAllCame(FileRecorder recorder, NumberedLoad load) throws Exception {
        var accepted = load.accepted();
        await().atMost(PATIENCE).until(() -> recorder.look().missing(accepted), missing -> missing == 0);
        recorder.look().assertRight(0);
    }

    private static String yaml(SinkRecorder recorder) {
        return """
            sluice.listeners.in:
              tcp: { address: 127.0.0.1, port: 0 }
              reply: { type: text, text: "OK {sequence}", after: accepted }
              sinks: [recorder]
            """ + recorder.yaml();
    }

    private Path data() {
        return folder.resolve("data");
    }

    private void mount(String options) throws Exception {
        Files.createDirectories(data());
        mounted = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", data().toString()) == 0;
        assumeTrue(mounted, "a file system cannot be mounted by this user");
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor();
    }
}
