package dev.sluice.delivery;

import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolException;
import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Drops what an operator does not want to be delivered any more, and waits for that, for a bounded time. */
final class Purge {

    private static final int MOST_LETTERS = 1000;
    private static final int PATIENCE_SECONDS = 10;

    private Purge() {}

    /** Returns how many were there. */
    static long deadLetters(Spool spool, String sink) {
        return deadLetters(spool, from -> spool.queries().deadLetters(sink, from, MOST_LETTERS));
    }

    /** The same of those at some positions. */
    static long deadLetters(Spool spool, String sink, NavigableSet<Long> positions) {
        return deadLetters(
                spool, from -> spool.queries().deadLetters(sink, positions.tailSet(from, true), MOST_LETTERS));
    }

    /**
     * @param behind some of those at a position and behind it; empty only if there are no more
     */
    private static long deadLetters(Spool spool, LongFunction<List<DeadLetter>> behind) {
        long purged = 0;
        List<DeadLetter> letters = behind.apply(0);
        while (!letters.isEmpty()) {
            purged += await(spool.removeDeadLetters(letters));
            letters = behind.apply(letters.getLast().position() + 1);
        }
        return purged;
    }

    static void waiting(Spool spool, String sink) {
        await(spool.forget(sink));
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> done) {
        try {
            return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException ex) {
            throw ex.getCause() instanceof SpoolException cause ? cause : new SpoolException("cannot be written", ex);
        } catch (TimeoutException ex) {
            throw new SpoolException(
                    "could not be written in " + PATIENCE_SECONDS + " seconds; is done once it can", ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new SpoolException("interrupted", ex);
        }
    }
}
