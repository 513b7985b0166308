package dev.sluice.bench.study;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks Sluice for what its page asks for while somebody watches a listener and its connections. */
final class Onlooker implements Closeable {

    private static final String LISTENER = "bench";
    /** As the page does. */
    private static final int PAGE_SECONDS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newHttpClient();
    private final String server;
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicInteger pages = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    /** @param log of the server, which tells the port */
    Onlooker(Path log) throws IOException {
        this.server = "http://127.0.0.1:" + Scrape.port(log);
    }

    int events() {
        return events.get();
    }

    int pages() {
        return pages.get();
    }

    /** More than 0: the figures stand for less than they seem to. */
    int failed() {
        return failed.get();
    }

    private HttpRequest.Builder request(String path) {
        String user =
                Base64.getEncoder().encodeToString(("operator:" + Scrape.PASSWORD).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(URI.create(server + path)).header("Authorization", "Basic " + user);
    }

    /** Looks until closed: at the overview, at the listener with a tap, and at the first page of its connections. */
    Scrape.Repetition look() throws IOException {
        InputStream stream = open("/events?topics=overview,listener:" + LISTENER + ",tap:" + LISTENER);
        Thread reader = Thread.ofPlatform().daemon().start(() -> read(stream));
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        clock.scheduleAtFixedRate(this::page, 0, PAGE_SECONDS, TimeUnit.SECONDS);
        return () -> {
            clock.close();
            try {
                stream.close();
                reader.join(PATIENCE);
            } catch (IOException | InterruptedException e) {
                failed.incrementAndGet();
            }
        };
    }

    private InputStream open(String path) throws IOException {
        try {
            HttpResponse<InputStream> answer = client.send(request(path).build(), BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                throw new IOException("%s answered %d".formatted(path, answer.statusCode()));
            }
            return answer.body();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private void read(InputStream stream) {
        try (var in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("event:")) {
                    events.incrementAndGet();
                }
            }
        } catch (IOException e) {
            // Closed, since nobody looks any more.
        }
    }

    private void page() {
        try {
            HttpRequest request = request("/actuator/connections?listener=" + LISTENER + "&sort=-lastReadAt&limit=50")
                    .timeout(PATIENCE)
                    .build();
            if (client.send(request, BodyHandlers.ofString()).statusCode() == 200) {
                pages.incrementAndGet();
                return;
            }
        } catch (IOException | InterruptedException e) {
            // Counted as all others.
        }
        failed.incrementAndGet();
    }

    @Override
    public void close() {
        client.close();
    }
}
