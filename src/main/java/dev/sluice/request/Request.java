package dev.sluice.request;

import dev.sluice.message.Awaited;
import dev.sluice.request.RequestTally.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request under way. The thread that handles its message waits for it; whoever ends it takes it out of those under
 * way first, so that it ends once.
 */
final class Request implements Awaited {

    private final RequestsUnderWay underWay;
    private final long number;
    private final RequestTally tally;
    private final Duration timeout;
    private final long begunNanos = System.nanoTime();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    /**
     * @param bytes null if the peer is sent nothing
     */
    private record Answer(byte @Nullable [] bytes) {}

    Request(RequestsUnderWay underWay, long number, RequestTally tally, Duration timeout) {
        this.underWay = underWay;
        this.number = number;
        this.tally = tally;
        this.timeout = timeout;
    }

    long number() {
        return number;
    }

    void answered(byte @Nullable [] bytes) {
        tally(Outcome.ANSWERED);
        answer.complete(new Answer(bytes));
    }

    void failed(Outcome outcome, String reason, @Nullable Throwable cause) {
        tally(outcome);
        answer.completeExceptionally(new RequestFailedException(reason, cause));
    }

    private void tally(Outcome outcome) {
        tally.of(outcome).add(System.nanoTime() - begunNanos);
    }

    @Override
    public byte @Nullable [] await() throws InterruptedException {
        try {
            return taken(answer.get(begunNanos + timeout.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException ex) {
            if (underWay.end(number) != null) {
                tally(Outcome.TIMED_OUT);
                throw new RequestFailedException("no answer within " + timeout.toMillis() + " ms");
            }
            // It has just come.
            return taken(answer.join());
        } catch (ExecutionException ex) {
            throw ex.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(ex);
        }
    }

    private byte @Nullable [] taken(Answer taken) {
        underWay.release(taken.bytes);
        return taken.bytes;
    }

    @Override
    public void forsake() {
        if (underWay.end(number) != null) {
            tally(Outcome.FORSAKEN);
        } else {
            answer.thenAccept(this::taken);
        }
    }
}
