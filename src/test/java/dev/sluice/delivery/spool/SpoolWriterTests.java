package dev.sluice.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.delivery.spool.recovery.SpoolRecovery;
import dev.sluice.memory.Halt;
import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a spool's only thread that writes when something goes wrong that is not the disk. */
@Timeout(60)
final class SpoolWriterTests {

    private static final List<String> SINKS = List.of("archive");

    /** Its bytes cannot be had. */
    private record Broken(Origin origin, long sequence, long receivedAt, Supplier<? extends Throwable> failure)
            implements Envelope {

        Broken(Supplier<? extends Throwable> failure) {
            this(SpoolFolder.origin("c"), 1, 1, failure);
        }

        @Override
        public byte[] getPayload() {
            Throwable thrown = failure.get();
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown;
        }
    }

    private static CompletableFuture<Void> acknowledge(Spool spool, Envelope dead) {
        return spool.acknowledge("archive", 1, List.of(new DeadLetter("archive", 0, dead, 1, "broken", 1)), List.of());
    }

    private static long append(Spool spool, long sequence) throws Exception {
        return spool.append(List.of(SpoolFolder.message(SpoolFolder.origin("c"), sequence, "text")), true)
                .get(20, TimeUnit.SECONDS);
    }

    @Test
    void itOutlivesAnException() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create();
                Spool spool = folder.open(SINKS, 1 << 20)) {
            assertThat(append(spool, 1)).isZero();
            assertThatThrownBy(() -> acknowledge(spool, new Broken(() -> new IllegalStateException("no bytes")))
                            .get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("no bytes");
            assertThat(append(spool, 2)).isEqualTo(1);
            assertThat(SpoolFolder.waiting(spool, "archive")).hasSize(2);
            acknowledge(spool, SpoolFolder.message(SpoolFolder.origin("c"), 1, "text"))
                    .get(20, TimeUnit.SECONDS);
            assertThat(spool.deadLetterCounts()).containsEntry("archive", 1L);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, StackOverflowError.class})
    void anErrorEndsTheProcessAndWhatWasAcknowledgedIsThere(Class<?> error, @TempDir Path directory) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        directory.toString(),
                        error.getName()))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor())
                .as(said)
                .isEqualTo(error == OutOfMemoryError.class ? Halt.OUT_OF_MEMORY : Halt.ERROR);
        try (DirectoryLock lock = DirectoryLock.take(directory);
                Spool spool = SpoolRecovery.open(lock, SpoolFolder.LISTENER, SINKS, 1 << 20)) {
            assertThat(SpoolFolder.waiting(spool, "archive")).hasSize(1);
        }
    }

    /** Appends, and then has the writer meet an error. */
    static final class Program {

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            DirectoryLock lock = DirectoryLock.take(Path.of(arguments[0]));
            Spool spool = SpoolRecovery.open(lock, SpoolFolder.LISTENER, SINKS, 1 << 20);
            append(spool, 1);
            Error error = (Error) Class.forName(arguments[1]).getConstructor().newInstance();
            acknowledge(spool, new Broken(() -> error)).get(20, TimeUnit.SECONDS);
        }
    }
}
