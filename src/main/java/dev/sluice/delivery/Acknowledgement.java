package dev.sluice.delivery;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What a delivery asks its spool to note, one thing after the other. The spool refuses that while its listener stops
 * and the disk cannot be written: then it is asked again, or else what comes next would leave it out. Used by one
 * thread.
 */
final class Acknowledgement {

    private static final long LOOK_MILLIS = 500;

    private final StopSignal stop;
    private Supplier<CompletableFuture<?>> request = () -> CompletableFuture.completedFuture(null);
    private CompletableFuture<?> noted = request.get();

    Acknowledgement(StopSignal stop) {
        this.stop = stop;
    }

    /** Asks, once the last is durable. */
    void ask(Supplier<CompletableFuture<?>> next) throws InterruptedException {
        await();
        request = next;
        noted = next.get();
    }

    /** Asks and waits. Returns whether it is durable: perhaps not if told to stop. */
    boolean make(Supplier<CompletableFuture<?>> next) throws InterruptedException {
        ask(next);
        return await();
    }

    /** Waits until the last is durable. Returns false if told to stop; the sink may get these again then. */
    boolean await() throws InterruptedException {
        while (true) {
            try {
                noted.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException ex) {
                if (stop.given()) {
                    return false;
                }
            } catch (ExecutionException ex) {
                if (stop.pause(LOOK_MILLIS)) {
                    return false;
                }
                noted = request.get();
            }
        }
    }
}
