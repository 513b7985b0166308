package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * logrotate itself, every second, on a file that gets a thousand messages a second, each of which its peer hears of
 * once it is delivered: what was answered is in one of the files.
 */
@ResourceLock(SluiceProcess.PROCESSES)
final class LogrotateTests {

    private static final int CONNECTIONS = 10;
    private static final int A_SECOND = 100;
    private static final long ROTATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private Path folder;

    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private volatile boolean done;

    @BeforeEach
    void assumeLogrotate() throws InterruptedException {
        assumeTrue(isInstalled(), "logrotate is not installed");
    }

    private static boolean isInstalled() throws InterruptedException {
        try {
            return new ProcessBuilder("logrotate", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException ex) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"create, compress", "nocreate, compress"})
    void nothingThatWasAnsweredIsMissing(String how) throws Exception {
        assertThat(missing(how, 6)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "create, compress", "nocreate, compress", "create, compress, delaycompress"})
    @Tag("long")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void nothingThatWasAnsweredIsMissingAfterManyRotations(String how) throws Exception {
        assertThat(missing(how, 60)).isEmpty();
    }

    /** It copies, and cuts a moment later: what came between is in neither. How much that is depends on the machine. */
    @ParameterizedTest
    @ValueSource(strings = "copytruncate, compress")
    void littleIsMissingWhereAFileIsCut(String how) throws Exception {
        assertThat(missing(how, 6)).hasSizeLessThan(answered.size() / 50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"copytruncate", "copytruncate, compress"})
    @Tag("long")
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void littleIsMissingWhereAFileIsCutManyTimes(String how) throws Exception {
        assertThat(missing(how, 60)).hasSizeLessThan(answered.size() / 50);
    }

    private Set<String> missing(String how, int rotations) throws Exception {
        Path file = folder.resolve("logs/x.log");
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml(file), HeadlessSluice.java())) {
            int port = sluice.awaitPort("in");
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int number = i;
                senders.add(Thread.ofVirtual().start(() -> send(port, number)));
            }
            rotate(file, how, rotations);
            done = true;
            for (Thread sender : senders) {
                assertThat(sender.join(Duration.ofSeconds(60))).isTrue();
            }
        }
        Map<String, Integer> found = found(file.getParent());
        Set<String> missing = new TreeSet<>(answered);
        missing.removeAll(found.keySet());
        System.out.printf(
                "logrotate (%s): %d rotations, %d lines answered, %d missing, %d more than once%n",
                how,
                rotations,
                answered.size(),
                missing.size(),
                found.values().stream().filter(times -> times > 1).count());
        assertThat(answered).hasSizeGreaterThan(rotations * CONNECTIONS);
        return missing;
    }

    private static String yaml(Path file) {
        return """
            sluice.listeners.in:
              tcp: { address: 127.0.0.1, port: 0 }
              reply: { type: text, text: "OK {sequence}", after: delivered }
              sinks: [file]
            sluice.sinks.file.file.path: "%s"
            """.formatted(file);
    }

    /** Each line after the answer to the one before, so many a second, or as many as are answered. */
    private void send(int port, int number) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
            socket.setSoTimeout(60_000);
            long start = System.nanoTime();
            for (int i = 1; !done; i++) {
                String line = number + "-" + i;
                socket.getOutputStream().write((line + "\n").getBytes(US_ASCII));
                String answer = in.readLine();
                if (("OK " + i).equals(answer)) {
                    answered.add(line);
                }
                LockSupport.parkNanos(start + i * (ROTATE_NANOS / A_SECOND) - System.nanoTime());
            }
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private void rotate(Path file, String how, int times) throws Exception {
        Path configuration = Files.writeString(
                folder.resolve("logrotate.conf"),
                "%s {\n  rotate 100000\n  missingok\n  %s\n}\n".formatted(file, how.replace(", ", "\n  ")));
        long start = System.nanoTime();
        for (int i = 1; i <= times; i++) {
            LockSupport.parkNanos(start + i * ROTATE_NANOS - System.nanoTime());
            Process process = new ProcessBuilder(
                            "logrotate", "-f", "-s", folder.resolve("state").toString(), configuration.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), US_ASCII);
            assertThat(process.waitFor()).as(said).isZero();
        }
    }

    private static Map<String, Integer> found(Path logs) throws IOException {
        Map<String, Integer> found = new HashMap<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.toList()) {
                try (InputStream in = file.toString().endsWith(".gz")
                        ? new GZIPInputStream(Files.newInputStream(file))
                        : Files.newInputStream(file)) {
                    new String(in.readAllBytes(), US_ASCII).lines().forEach(line -> found.merge(line, 1, Integer::sum));
                }
            }
        }
        return found;
    }
}
