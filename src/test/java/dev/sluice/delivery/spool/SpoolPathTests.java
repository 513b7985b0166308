package dev.sluice.delivery.spool;

import static dev.sluice.delivery.spool.SpoolFolder.message;
import static dev.sluice.delivery.spool.SpoolFolder.origin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody tidies up underneath a running spool. */
@Timeout(60)
class SpoolPathTests {

    private static final String SINK = "archive";

    private static CompletableFuture<Long> append(SqliteSpool spool, int sequence) {
        return spool.append(List.of(message(origin("c"), sequence, "m" + sequence)), true);
    }

    @Test
    void aFileThatIsMovedTakesNothingUntilItIsPutBack() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create();
                SqliteSpool spool = folder.open(List.of(SINK), 4000)) {
            append(spool, 1).join();
            append(spool, 2).join();
            Path elsewhere = Files.move(folder.file(""), folder.path().resolve("elsewhere"));
            await().untilAsserted(() -> assertThat(spool.state().failure()).isEqualTo(SpoolPath.MOVED));

            CompletableFuture<Long> held = append(spool, 3);
            // What a sink has taken it need not get again.
            spool.acknowledge(SINK, 1, List.of()).join();
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
                SqliteSpool spool = folder.open(List.of(SINK), 4000)) {
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
}
