package dev.sluice.sink.http;

import dev.sluice.sink.Failure;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server says to one request. Its status counts as soon as the headers are here, whatever becomes of the body,
 * which is read only so far: for what it says where that is wanted, else so that the connection can serve the next
 * request.
 */
final class Answer implements BodyHandler<Void> {

    private static final int MAX_BODY = 64 * 1024;

    private final int wanted;
    private volatile @Nullable ResponseInfo head;
    private volatile byte @Nullable [] body;

    Answer() {
        this(0);
    }

    private Answer(int wanted) {
        this.wanted = wanted;
    }

    /**
     * Returns one whose body is kept if it comes with a 2xx.
     *
     * @param most how many bytes of it
     */
    static Answer withBody(int most) {
        return new Answer(most);
    }

    @Override
    public BodySubscriber<Void> apply(ResponseInfo info) {
        head = info;
        // A body that is longer fails, and its connection is closed; the headers are here all the same.
        if (wanted == 0 || info.statusCode() / 100 != 2) {
            return BodySubscribers.limiting(BodySubscribers.discarding(), MAX_BODY);
        }
        return BodySubscribers.mapping(BodySubscribers.limiting(BodySubscribers.ofByteArray(), wanted), whole -> {
            body = whole;
            return null;
        });
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
        // It says by that header that it will take it later.
        boolean later = status == 413 && !pause.isZero();
        Optional<Failure> failure = later
                ? Optional.of(Failure.passing(text))
                : HttpFailures.ofStatus(
                        status, status / 100 == 3 ? text + location(received) + "; redirects are not followed" : text);
        return failure.map(why -> why.poison() ? why : why.pausing(pause));
    }

    /**
     * Whether it may be different for a body with fewer messages: it is too large, or one of them is not as it has to
     * be.
     */
    boolean concernsTheBody() {
        int status = status();
        return tooLarge() || status == 400 || status == 422;
    }

    /** Whether the body of the request was too large, for good. */
    boolean tooLarge() {
        return status() == 413 && failure().filter(Failure::poison).isPresent();
    }

    private int status() {
        ResponseInfo received = head;
        return received == null ? 0 : received.statusCode();
    }

    /**
     * Returns the body.
     *
     * @throws IllegalArgumentException if it is not whole
     */
    byte[] body() {
        byte[] whole = body;
        if (whole == null) {
            throw new IllegalArgumentException("it broke off, or has more than " + wanted + " bytes");
        }
        return whole;
    }

    private static String location(ResponseInfo received) {
        return received.headers()
                .firstValue("location")
                .map(to -> " points to " + JsonValue.abridged(to))
                .orElse("");
    }
}
