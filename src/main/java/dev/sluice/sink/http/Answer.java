package dev.sluice.sink.http;

import dev.sluice.sink.Failure;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * What a server says to one request. Its status counts as soon as the headers are here, whatever becomes of the body, which is
 * read only so that the connection can serve the next request, and only so far.
 */
final class Answer implements BodyHandler<@Nullable Void> {

    private static final int MAX_BODY = 64 * 1024;
    private static final int MAX_LOCATION = 200;

    private volatile @Nullable ResponseInfo head;

    @Override
    public BodySubscriber<@Nullable Void> apply(ResponseInfo info) {
        head = info;
        return new Discarded();
    }

    /** Whether the headers are here. */
    boolean received() {
        return head != null;
    }

    /** Why the message was not taken; empty if it was. */
    Optional<Failure> failure() {
        ResponseInfo received = head;
        if (received == null) {
            return Optional.of(Failure.passing("no answer"));
        }
        int status = received.statusCode();
        Duration pause = RetryAfter.pause(received.headers(), Instant.now());
        String text = "HTTP " + status + (pause.isZero() ? "" : ", and asks to wait " + HttpFailures.text(pause));
        return switch (status) {
            case 401, 403, 407 -> Optional.of(Failure.unauthorized(text).pausing(pause));
            case 408, 425, 429 -> Optional.of(Failure.passing(text).pausing(pause));
            // It says by that header that it will take it later.
            case 413 -> Optional.of(new Failure(text, pause.isZero()).pausing(pause));
            default ->
                switch (status / 100) {
                    case 2 -> Optional.empty();
                    case 3 ->
                        Optional.of(Failure.passing(text + location(received) + "; redirects are not followed")
                                .pausing(pause));
                    case 4 -> Optional.of(Failure.poison(text));
                    default -> Optional.of(Failure.passing(text).pausing(pause));
                };
        };
    }

    private static String location(ResponseInfo received) {
        return received.headers()
                .firstValue("location")
                .map(to -> " points to " + (to.length() > MAX_LOCATION ? to.substring(0, MAX_LOCATION) + "..." : to))
                .orElse("");
    }

    /** A body that nobody wants; a connection with too much of it is closed. */
    private static final class Discarded implements BodySubscriber<@Nullable Void> {

        private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        private @Nullable Subscription subscription;
        private long bytes;

        @Override
        public CompletionStage<@Nullable Void> getBody() {
            return end;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                bytes += buffer.remaining();
            }
            if (bytes > MAX_BODY && subscription != null && end.complete(null)) {
                subscription.cancel();
            }
        }

        @Override
        public void onError(Throwable cause) {
            end.complete(null);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
