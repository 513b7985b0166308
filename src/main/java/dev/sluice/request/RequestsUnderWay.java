package dev.sluice.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.request.RequestTally.Outcome;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * The requests that wait for an answer, each under a number of its own. Many threads begin and end them; one brings
 * answers.
 */
final class RequestsUnderWay {

    /** A back-end refuses a request by an answer that has this header; its value, if it has one, says why. */
    static final String FAILED = "sluice-failed";

    /** Answers that nobody has taken yet have no more bytes than this. */
    private static final long MOST_BYTES = 64L << 20;

    private static final int LONGEST_REASON = 200;

    private final int limit;
    private final Semaphore permits;
    private final Map<Long, Request> requests = new ConcurrentHashMap<>();
    /** Tells the requests of this process from those of others, and of earlier ones. */
    private final long life = new SecureRandom().nextLong();

    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Map<Stray, LongAdder> strays = new EnumMap<>(Stray.class);

    RequestsUnderWay(int limit) {
        this.limit = limit;
        this.permits = new Semaphore(limit);
        for (Stray stray : Stray.values()) {
            strays.put(stray, new LongAdder());
        }
    }

    /**
     * Begins one, and waits for its turn if there are too many.
     *
     * @throws RequestFailedException if its turn did not come within the timeout
     */
    Request begin(RequestTally tally, Duration timeout) {
        try {
            if (!permits.tryAcquire() && !permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                tally.of(Outcome.UNSENT).add(timeout.toNanos());
                throw new RequestFailedException("too many requests wait for an answer");
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            tally.of(Outcome.UNSENT).add(0);
            throw new RequestFailedException("the wait for an answer was cut short", ex);
        }
        Request request = new Request(this, numbers.incrementAndGet(), tally, timeout);
        requests.put(request.number(), request);
        return request;
    }

    /** Returns the request, which ends by this; null if it has ended before. */
    @Nullable
    Request end(long number) {
        Request ended = requests.remove(number);
        if (ended != null) {
            permits.release();
        }
        return ended;
    }

    /** Returns what an answer to this request has to have as its correlation id. */
    byte[] correlationId(Request request) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(life)
                .putLong(request.number())
                .array();
    }

    /** Somebody has written this to the partition that this process reads. */
    void arrived(ConsumerRecord<byte[], byte[]> answer) {
        Header id = answer.headers().lastHeader(KafkaHeaders.CORRELATION_ID);
        if (id == null || id.value() == null || id.value().length != 2 * Long.BYTES) {
            stray(Stray.UNREADABLE).increment();
            return;
        }
        ByteBuffer read = ByteBuffer.wrap(id.value());
        if (read.getLong() != life) {
            stray(Stray.FOREIGN).increment();
            return;
        }
        Request request = end(read.getLong());
        if (request == null) {
            stray(Stray.LATE).increment();
            return;
        }
        Header failed = answer.headers().lastHeader(FAILED);
        if (failed != null) {
            request.failed(Outcome.REFUSED, reason(failed), null);
        } else if (hold(answer.value())) {
            request.answered(answer.value());
        } else {
            request.failed(Outcome.REFUSED, "there is no memory for its answer", null);
        }
    }

    private static String reason(Header failed) {
        byte[] value = failed.value();
        String reason = value == null ? "" : new String(value, UTF_8).strip();
        return reason.isEmpty() ? "refused" : reason.substring(0, Math.min(LONGEST_REASON, reason.length()));
    }

    private boolean hold(byte @Nullable [] answer) {
        if (answer != null && bytes.addAndGet(answer.length) > MOST_BYTES) {
            bytes.addAndGet(-answer.length);
            return false;
        }
        return true;
    }

    /** An answer has been taken by whoever waited for it. */
    void release(byte @Nullable [] answer) {
        if (answer != null) {
            bytes.addAndGet(-answer.length);
        }
    }

    LongAdder stray(Stray stray) {
        return Objects.requireNonNull(strays.get(stray));
    }

    /** Returns how many there are. */
    int size() {
        return requests.size();
    }

    int limit() {
        return limit;
    }
}
