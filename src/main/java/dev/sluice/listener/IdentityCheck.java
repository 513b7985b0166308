package dev.sluice.listener;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.sink.http.LinkLocalGuard;
import dev.sluice.text.LogThrottle;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.KnownDevices;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a web server whether a device is served: 2xx says that it is; 401, 403 and 404 that it is not. Everything else
 * is no answer, and is not remembered.
 */
final class IdentityCheck implements KnownDevices {

    private static final Logger log = LoggerFactory.getLogger(IdentityCheck.class);

    private static final int MOST_REMEMBERED = 100_000;

    /** The server is asked about so many at once: after a restart all devices come together. */
    static final int MOST_AT_ONCE = 64;

    /** What is another address once a server has resolved its path, however it is encoded: there is no such device. */
    private static final Pattern CLIMBS = Pattern.compile("(^|[/\\\\])\\.{1,2}([/\\\\]|$)");

    private final String listener;
    private final IdentityProperties.Check properties;
    private final Cache<String, Verdict> answers;
    private final LogThrottle throttle = new LogThrottle(Duration.ofSeconds(10));
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE, true);
    private final HttpClient client;

    IdentityCheck(String listener, IdentityProperties.Check properties) {
        this.listener = listener;
        this.properties = properties;
        this.answers = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(properties.cache())
                .build();
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(properties.timeout())
                .build();
    }

    @Override
    public Verdict ask(String identity) {
        if (CLIMBS.matcher(identity).find()) {
            return Verdict.UNKNOWN;
        }
        Verdict known = answers.getIfPresent(identity);
        if (known != null) {
            return known;
        }
        Verdict verdict = verdictInTurn(identity);
        if (verdict != Verdict.UNANSWERED) {
            answers.put(identity, verdict);
        }
        return verdict;
    }

    private Verdict verdictInTurn(String identity) {
        try {
            if (!turns.tryAcquire(properties.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                return unanswered("so many others are asked about that its turn did not come", null);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return Verdict.UNANSWERED;
        }
        try {
            return verdict(identity);
        } finally {
            turns.release();
        }
    }

    private Verdict verdict(String identity) {
        try {
            URI uri = properties.uri(
                    URLEncoder.encode(identity, StandardCharsets.UTF_8).replace("+", "%20"));
            Optional<String> refusal =
                    properties.allowLinkLocal() ? Optional.empty() : new LinkLocalGuard(uri).refusal();
            if (refusal.isPresent()) {
                return unanswered(refusal.get(), null);
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(properties.timeout());
            properties.headers().forEach(request::setHeader);
            int status = status(request.build());
            return switch (status) {
                case 401, 403, 404 -> Verdict.UNKNOWN;
                default -> status / 100 == 2 ? Verdict.KNOWN : unanswered("status " + status, null);
            };
        } catch (IOException | IllegalArgumentException ex) {
            return unanswered(String.valueOf(ex.getMessage()), ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return Verdict.UNANSWERED;
        }
    }

    /** The client's own time-out ends with the headers, and a body may never end. */
    private int status(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request, BodyHandlers.discarding());
        try {
            return answer.get(properties.timeout().toNanos(), TimeUnit.NANOSECONDS)
                    .statusCode();
        } catch (TimeoutException ex) {
            throw new HttpTimeoutException("no whole answer within " + properties.timeout());
        } catch (ExecutionException ex) {
            throw ex.getCause() instanceof IOException cause ? cause : new IOException(ex.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private Verdict unanswered(String reason, @Nullable Exception cause) {
        throttle.write(unreported -> log.warn(
                "Listener '{}': nobody says whether a device is served, as of {} others unreported before it: {}."
                        + " Its connection is closed, and it may come again. Look at 'identity.check.url'",
                listener,
                unreported,
                reason));
        log.debug("Listener '{}': the identity check failed", listener, cause);
        return Verdict.UNANSWERED;
    }
}
