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
import org.jspecify.annotations.Nullable;

/** Drops what an operator does not want to be delivered any more, and waits for that, for a bounded time. */
final class Purge {

    private static final int MOST_LETTERS = 1000;
    private static final int PATIENCE_SECONDS = 10;

    private Purge() {}

    /** Returns how many were there. */
    static long deadLetters(Spool spool, String sink) {
        long purged = 0;
        long from = 0;
        while (true) {
            List<DeadLetter> letters = spool.queries().deadLetters(sink, from, MOST_LETTERS);
            if (letters.isEmpty()) {
                return purged;
            }
            purged += await(spool.removeDeadLetters(letters));
            from = letters.getLast().position() + 1;
        }
    }

    /** The same of those at some positions. */
    static long deadLetters(Spool spool, String sink, NavigableSet<Long> positions) {
        long purged = 0;
        NavigableSet<Long> left = positions;
        while (true) {
            List<DeadLetter> letters = spool.queries().deadLetters(sink, left, MOST_LETTERS);
            if (letters.isEmpty()) {
                return purged;
            }
            purged += await(spool.removeDeadLetters(letters));
            left = left.tailSet(letters.getLast().position(), false);
        }
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
