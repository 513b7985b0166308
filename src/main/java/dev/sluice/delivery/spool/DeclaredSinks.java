package dev.sluice.delivery.spool;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The sinks to which messages can go, as a spool has them noted. Whoever changes them waits, for a bounded time. */
final class DeclaredSinks {

    private static final long PATIENCE_SECONDS = 10;

    private final String listener;
    private final SpoolWriter writer;
    private final RouteTable routes;
    private final long start;

    /**
     * @param routes that messages take meanwhile
     * @param start where the queue ended when the spool was opened
     */
    DeclaredSinks(String listener, SpoolWriter writer, RouteTable routes, long start) {
        this.listener = listener;
        this.writer = writer;
        this.routes = routes;
        this.start = start;
    }

    /**
     * @param named the sinks that the listener and its rules name
     * @param own those of them that get messages whose rule names none
     * @throws SpoolException if that cannot be written in time; all is as before then
     */
    void declare(Set<String> named, Set<String> own) {
        String failure = writer.failure();
        if (failure != null) {
            throw unwritten(failure, null);
        }
        CompletableFuture<Void> done = ask(named, own);
        try {
            done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException ex) {
            // It may still come to be. What is asked last counts.
            CompletableFuture<Void> _ = ask(routes.named(), routes.own());
            throw unwritten(writer.failure(), ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new SpoolException("interrupted", ex);
        }
    }

    private CompletableFuture<Void> ask(Set<String> named, Set<String> own) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.ask(new SpoolRequest.Declare(named, own, routes.numberOf(own), start, done));
        return done;
    }

    private SpoolException unwritten(@Nullable String failure, @Nullable Exception cause) {
        return new SpoolException(
                "Spool '" + listener + "': cannot be written" + (failure == null ? "" : ": " + failure), cause);
    }
}
