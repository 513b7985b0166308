package dev.sluice.delivery.spool;

import static dev.sluice.delivery.spool.SpoolFolder.message;
import static dev.sluice.delivery.spool.SpoolFolder.origin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.message.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads on one spool. */
@Timeout(60)
class SpoolConcurrencyTests {

    private static final int THREADS = 50;
    private static final int EACH = 40;

    @Test
    void nothingIsLostAndEveryConnectionKeepsItsOrder() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create();
                Spool spool = folder.open(List.of("a", "b"), 4000);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                String connection = "c" + i;
                all.add(threads.submit(() -> {
                    for (int j = 1; j <= EACH; j++) {
                        spool.append(List.of(message(origin(connection), j, "x".repeat(j))), true)
                                .join();
                        assertThat(spool.state().bytes()).isBetween(0L, 4000L);
                    }
                }));
            }
            for (String sink : List.of("a", "b")) {
                all.add(threads.submit(() -> consume(spool, sink)));
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(spool.state().bytes()).isZero();
        }
    }

    private static Void consume(Spool spool, String sink) throws InterruptedException {
        long[] last = new long[THREADS];
        try (SpoolReader reader = spool.reader(sink)) {
            long position = 0;
            while (position < THREADS * EACH) {
                for (StoredBatch batch : reader.read(position, 100).batches()) {
                    assertThat(batch.position()).isEqualTo(position);
                    for (Envelope message : batch.messages(SpoolFolder.LISTENER, batch.position(), _ -> true)) {
                        int connection =
                                Integer.parseInt(message.origin().connection().substring(1));
                        assertThat(message.sequence()).isEqualTo(++last[connection]);
                    }
                    position = batch.end();
                }
                spool.acknowledge(sink, position, List.of(), List.of()).join();
            }
        }
        return null;
    }

    @Test
    void whoeverWaitsForRoomIsLetGoWhenTheSpoolIsClosed() throws Exception {
        whoeverWaitsIsLetGoBy(Spool::close);
    }

    @Test
    void whoeverWaitsForRoomIsLetGoWhenWaitingIsRefused() throws Exception {
        whoeverWaitsIsLetGoBy(spool -> spool.refuseHeld(true));
    }

    private interface Release {
        void of(Spool spool);
    }

    private static void whoeverWaitsIsLetGoBy(Release release) throws Exception {
        try (SpoolFolder folder = SpoolFolder.create();
                Spool spool = folder.open(List.of("a"), 1000);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // What is larger than the whole spool fits into an empty one, and nothing beside it.
            List<Envelope> large = List.of(message(origin("c"), 1, "x".repeat(2000)));
            spool.append(large, false).get();
            assertThatThrownBy(() -> spool.append(large, false).get()).hasCauseInstanceOf(SpoolFullException.class);
            List<Future<CompletableFuture<Long>>> waiting = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                waiting.add(threads.submit(() -> spool.append(large, true)));
            }
            release.of(spool);
            for (Future<CompletableFuture<Long>> one : waiting) {
                CompletableFuture<Long> append = one.get();
                assertThatThrownBy(() -> append.get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(SpoolClosedException.class);
            }
            assertThat(spool.state().end()).isEqualTo(1);
        }
    }
}
