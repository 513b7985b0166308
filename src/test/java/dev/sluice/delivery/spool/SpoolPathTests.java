package dev.sluice.delivery.spool;

import static dev.sluice.delivery.spool.SpoolFolder.message;
import static dev.sluice.delivery.spool.SpoolFolder.origin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.message.Envelope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody tidies up underneath a running spool. */
@Timeout(60)
class SpoolPathTests {

    private static final String SINK = "archive";
    /** It takes a quarter of a second where nothing else keeps the machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static CompletableFuture<Long> append(Spool spool, int sequence) {
        return append(spool, sequence, "m" + sequence);
    }

    private static CompletableFuture<Long> append(Spool spool, int sequence, String text) {
        return spool.append(List.of(message(origin("c"), sequence, text)), true);
    }

    @Test
    void aFileThatIsMovedTakesNothingUntilItIsPutBack() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create();
                Spool spool = folder.open(List.of(SINK), 4000)) {
            append(spool, 1).join();
            append(spool, 2).join();
            Path elsewhere = Files.move(folder.file(""), folder.path().resolve("elsewhere"));
            await().untilAsserted(() -> assertThat(spool.state().failure()).isEqualTo(SpoolPath.MOVED));

            CompletableFuture<Long> held = append(spool, 3);
            // What a sink has taken it need not get again.
            spool.acknowledge(SINK, 1, List.of(), List.of()).join();
            assertThat(held).isNotDone();
            assertThat(spool.state().failure()).isEqualTo(SpoolPath.MOVED);

            Files.move(elsewhere, folder.file(""));

            assertThat(held.join()).isEqualTo(2);
            await().untilAsserted(() -> assertThat(spool.state().failure()).isNull());
            assertThat(SpoolFolder.waiting(spool, SINK))
                    .extracting(waiting -> new String(waiting.getPayload()))
                    .containsExactly("m2", "m3");
        }
    }

    @Test
    void aFileThatIsRemovedIsNotMadeAnewAndWhoeverIsHeldHearsWhy() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create();
                Spool spool = folder.open(List.of(SINK), 4000)) {
            append(spool, 1).join();
            folder.empty();
            await().untilAsserted(() -> assertThat(spool.state().failure()).isEqualTo(SpoolPath.MOVED));

            CompletableFuture<Long> held = append(spool, 2);
            spool.refuseHeld(true);

            assertThatThrownBy(held::join)
                    .isInstanceOf(CompletionException.class)
                    .hasMessageContaining(SpoolPath.MOVED);
            assertThat(folder.file("")).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-wal", "-shm", "-wal -shm"})
    void aLogThatIsRemovedIsMadeAnewAndNothingIsLost(String suffixes) throws Exception {
        tidyUp(suffixes, Files::delete, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-wal", "-shm", "-wal -shm"})
    void aLogThatIsMovedIsMadeAnewAndNothingIsLost(String suffixes) throws Exception {
        tidyUp(suffixes, path -> Files.move(path, Path.of(path + ".moved")), 0);
    }

    @Test
    void aLogThatIsReplacedIsSetAside() throws Exception {
        tidyUp(
                "-wal",
                path -> {
                    Path older = Files.copy(path, Path.of(path + ".older"));
                    Files.move(older, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                },
                1);
    }

    private interface Tidying {
        void on(Path path) throws IOException;
    }

    private static void tidyUp(String suffixes, Tidying tidying, int setAside) throws Exception {
        try (SpoolFolder folder = SpoolFolder.create();
                Spool spool = folder.open(List.of(SINK), 1 << 30);
                SpoolReader reader = spool.reader(SINK)) {
            // More than is kept in memory, so that the reader has to open the file.
            for (int i = 1; i <= 10; i++) {
                append(spool, i, "x".repeat(1 << 20)).join();
            }
            assertThat(reader.read(0, 0).batches().getFirst().position()).isZero();
            for (String suffix : suffixes.split(" ")) {
                tidying.on(folder.file(suffix));
            }
            append(spool, 11, "into what nobody finds").join();

            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> SetAside.of(folder.file("")).size() == setAside
                            && Files.exists(folder.file("-wal"))
                            && Files.exists(folder.file("-shm")));
            append(spool, 12, "behind it").join();

            assertThat(spool.state().failure()).isNull();
            assertThat(reader.read(0, 0).batches().getFirst().position()).isZero();
            spool.acknowledge(SINK, 1, List.of(), List.of()).join();
            try (SpoolFolder crashed = folder.copy();
                    Spool found = crashed.open(List.of(SINK), 1 << 30)) {
                assertThat(SpoolFolder.waiting(found, SINK))
                        .extracting(Envelope::sequence)
                        .containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
                assertThat(found.state().damaged()).isEmpty();
            }
        }
    }

    @Test
    void aDirectoryThatAnotherProcessTakesIsNotWrittenUntilThatEnds() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create();
                Spool spool = folder.open(List.of(SINK), 4000)) {
            append(spool, 1).join();
            Path elsewhere = Files.createDirectory(folder.path().resolve("elsewhere"));
            CompletableFuture<Long> held;
            CompletableFuture<Void> noted;
            try (LockTaker other = new LockTaker(elsewhere)) {
                assertThat(other.answer()).isEqualTo("locked");
                Files.move(elsewhere.resolve(".lock"), folder.path().resolve(".lock"), StandardCopyOption.ATOMIC_MOVE);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(spool.state().failure()).isEqualTo(SpoolPath.TAKEN));

                held = append(spool, 2);
                noted = spool.acknowledge(SINK, 1, List.of(), List.of());
                await().during(Duration.ofMillis(300)).until(() -> !held.isDone() && !noted.isDone());
            }
            noted.join();
            assertThat(held.join()).isEqualTo(1);
        }
    }

    @Test
    void aFileThatAnotherProgramWritesToIsNotWrittenUpon() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create();
                Spool spool = folder.open(List.of(SINK), 4000)) {
            append(spool, 1).join();
            try (Connection other = Sqlite.connect(folder.file(""), false);
                    Statement statement = other.createStatement()) {
                statement.execute("update cursor set position = 7, checksum = 7 where sink = ''");
            }

            CompletableFuture<Long> held = append(spool, 2);

            await().untilAsserted(() ->
                    assertThat(spool.state().failure()).contains("another program has written to the file"));
            assertThat(held).isNotDone();
            spool.refuseHeld(true);
            assertThatThrownBy(held::join).isInstanceOf(CompletionException.class);
        }
    }
}
