package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.KnownDevices.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a web server says of devices, and what it cannot be made to say. */
@Timeout(60)
final class IdentityCheckTests {

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        server.stop(0);
    }

    /** The status is the last part of the path. */
    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        asked.add(path);
        String name = path.substring(path.lastIndexOf('/') + 1);
        try (exchange) {
            switch (name.replaceAll("-\\d+", "")) {
                case "endless" -> {
                    exchange.sendResponseHeaders(200, 0);
                    OutputStream body = exchange.getResponseBody();
                    while (true) {
                        body.write(' ');
                        body.flush();
                        sleep(20);
                    }
                }
                case "silent" -> sleep(60_000);
                case "slow" -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    sleep(200);
                    now.decrementAndGet();
                    exchange.sendResponseHeaders(200, -1);
                }
                case "elsewhere" -> {
                    exchange.getResponseHeaders().add("Location", "/devices/200");
                    exchange.sendResponseHeaders(302, -1);
                }
                default -> exchange.sendResponseHeaders(name.matches("\\d+") ? Integer.parseInt(name) : 200, -1);
            }
        }
    }

    private static void sleep(int millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException ex) {
            throw new IOException(ex);
        }
    }

    private IdentityCheck check() {
        return check(Duration.ofSeconds(20));
    }

    private IdentityCheck check(Duration timeout) {
        return new IdentityCheck(
                "port",
                new IdentityProperties.Check(
                        "http://127.0.0.1:" + server.getAddress().getPort() + "/devices/{identity}",
                        Map.of(),
                        Duration.ofMinutes(1),
                        timeout,
                        false));
    }

    @ParameterizedTest
    @CsvSource({
        "200, KNOWN, 1",
        "204, KNOWN, 1",
        "401, UNKNOWN, 1",
        "403, UNKNOWN, 1",
        "404, UNKNOWN, 1",
        "500, UNANSWERED, 2",
        "503, UNANSWERED, 2",
        "elsewhere, UNANSWERED, 2"
    })
    void whatIsAnAnswerIsRemembered(String device, Verdict verdict, int requests) {
        IdentityCheck check = check();
        assertThat(check.ask(device)).isEqualTo(verdict);
        assertThat(check.ask(device)).isEqualTo(verdict);
        assertThat(asked).hasSize(requests);
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent", "endless"})
    void anAnswerThatIsNotWholeInTimeIsNone(String device) {
        long begun = System.nanoTime();
        assertThat(check(Duration.ofMillis(500)).ask(device)).isEqualTo(Verdict.UNANSWERED);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aServerThatIsAwayIsNoAnswer() {
        IdentityCheck check = check();
        server.stop(0);
        assertThat(check.ask("200")).isEqualTo(Verdict.UNANSWERED);
    }

    @Test
    void aDeviceIsOnePartOfThePathWhateverItIsCalled() {
        assertThat(check().ask("a/b c%?x=1&y#z\0\n\u00e9")).isEqualTo(Verdict.KNOWN);
        assertThat(asked).containsExactly("/devices/a%2Fb%20c%25%3Fx%3D1%26y%23z%00%0A%C3%A9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "../admin", "a/../..", "a\\..\\b", "../", "/.", "x/./y"})
    void noDeviceIsCalledWhatServersResolveToAnotherPath(String device) {
        assertThat(check().ask(device)).isEqualTo(Verdict.UNKNOWN);
        assertThat(asked).isEmpty();
    }

    @Test
    void allDevicesThatComeTogetherAreAskedAboutSoManyAtOnce() throws Exception {
        IdentityCheck check = check(Duration.ofSeconds(20));
        List<Callable<Verdict>> devices = new ArrayList<>();
        for (int i = 0; i < 3 * IdentityCheck.MOST_AT_ONCE; i++) {
            String device = "slow-" + i;
            devices.add(() -> check.ask(device));
        }
        for (Future<Verdict> one : threads.invokeAll(devices)) {
            assertThat(one.get()).isEqualTo(Verdict.KNOWN);
        }
        assertThat(most).hasValueBetween(2, IdentityCheck.MOST_AT_ONCE);
    }
}
