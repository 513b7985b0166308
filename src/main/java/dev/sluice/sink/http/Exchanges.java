package dev.sluice.sink.http;

import dev.sluice.sink.Failure;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.BeanFactory;

/**
 * Requests and their answers, so many at once, on connections that are kept alive. Safe for use by several threads,
 * each of which waits for its own answer.
 */
final class Exchanges implements AutoCloseable {

    /** What a body may take beyond the time of its headers before the connection is given up. */
    private static final long BODY_MILLIS = 500;

    private final HttpSinkProperties properties;
    private final Optional<LinkLocalGuard> guard;
    private final Client client;
    private final Semaphore places;

    /**
     * @param sink its name
     * @param beans where the {@code SslBundles} are
     * @throws IllegalArgumentException naming the key whose value cannot be
     */
    Exchanges(String sink, HttpSinkProperties properties, BeanFactory beans) {
        this.properties = properties;
        guard = properties.allowLinkLocal()
                ? Optional.empty()
                : Optional.of(new LinkLocalGuard(Requests.uri(properties.url())));
        client = new Client(sink, properties, beans);
        places = new Semaphore(properties.connections(), true);
    }

    /**
     * Returns why there is no answer; empty if its headers, at least, have arrived.
     *
     * @throws InterruptedException if interrupted meanwhile
     */
    Optional<Failure> exchange(HttpRequest request, Answer answer) throws InterruptedException {
        long patience = properties.timeout().toMillis();
        if (!places.tryAcquire(patience, TimeUnit.MILLISECONDS)) {
            return Optional.of(Failure.passing("all " + properties.connections() + " connections were busy for "
                    + HttpFailures.text(properties.timeout())));
        }
        try {
            Optional<String> refusal = guard.flatMap(LinkLocalGuard::refusal);
            return refusal.isPresent()
                    ? refusal.map(Failure::passing)
                    : exchange(request, answer, patience + BODY_MILLIS);
        } finally {
            places.release();
        }
    }

    private Optional<Failure> exchange(HttpRequest request, Answer answer, long patience) throws InterruptedException {
        Future<?> exchange = client.get().sendAsync(request, answer);
        try {
            exchange.get(patience, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException ex) {
            exchange.cancel(true);
            if (!answer.received()) {
                return Optional.of(Failure.passing(HttpFailures.reason(ex, request.uri(), properties.timeout())));
            }
        } catch (InterruptedException ex) {
            exchange.cancel(true);
            throw ex;
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        client.close();
    }
}
