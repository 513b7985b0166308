package dev.sluice.bench.study;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks Sluice for its meters, as Prometheus does. */
final class Scrape implements Closeable {

    static final String PASSWORD = "scraper";

    private static final int WARM = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration START = Duration.ofSeconds(60);
    private static final Pattern PORT = Pattern.compile("Management: http \\S+ port (\\d+)");

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final HttpRequest request;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    /** @param log of the server, which tells the port */
    Scrape(Path log) throws IOException {
        String user = Base64.getEncoder().encodeToString(("operator:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        this.request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%s/actuator/prometheus".formatted(port(log))))
                .header("Authorization", "Basic " + user)
                .timeout(PATIENCE)
                .build();
    }

    int done() {
        return done.get();
    }

    /** More than 0: the figures stand for fewer scrapes than they seem to. */
    int failed() {
        return failed.get();
    }

    String once() throws IOException {
        try {
            var answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException("%s answered %d".formatted(request.uri(), answer.statusCode()));
            }
            return answer.body();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /**
     * What a service has in five minutes: from then on it answers as fast as it ever will. Gives up after that long.
     */
    void warmUp(Duration longest) throws IOException {
        long deadline = System.nanoTime() + longest.toNanos();
        for (int i = 0; i < WARM && System.nanoTime() < deadline; i++) {
            once();
        }
    }

    /** Each second until closed, first in half of one, so that n seconds have n of them. */
    Repetition everySecond() {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        clock.scheduleAtFixedRate(this::count, 500, 1000, TimeUnit.MILLISECONDS);
        return clock::close;
    }

    interface Repetition extends AutoCloseable {
        @Override
        void close();
    }

    private void count() {
        try {
            once();
            done.incrementAndGet();
        } catch (IOException e) {
            failed.incrementAndGet();
        }
    }

    /** Waits for the port of management, which the log of a server tells. */
    static String port(Path log) throws IOException {
        long deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline) {
            Matcher line = PORT.matcher(Files.readString(log));
            if (line.find()) {
                return line.group(1);
            }
            Pause.of(Duration.ofMillis(100));
        }
        throw new IOException(
                "Sluice did not say its management port within %d s, see %s".formatted(START.toSeconds(), log));
    }

    @Override
    public void close() {
        client.close();
    }
}
