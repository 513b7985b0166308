package dev.sluice.management;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import dev.sluice.listener.ListenerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Prometheus that scrapes a running service fires alerts when what they tell of happens. Its rules are ours, but for
 * the times, which are seconds in place of minutes.
 */
@Tag("long")
final class FiredAlertsTests {

    private static final Set<String> CAUSED = Set.of(
            "SluiceDown",
            "SluiceListenerDown",
            "SluiceListenerPaused",
            "SluiceSpoolFull",
            "SluiceSpoolFilling",
            "SluiceDeliveryStalled",
            "SluiceDeliveryFailing",
            "SluiceSinkUnauthorized",
            "SluiceDeadLetters",
            "SluiceMessagesFailed",
            "SluiceFramesDropped",
            "SluiceConnectionsNearLimit",
            "SluiceConnectionsRejected",
            "SluiceHandshakesFailing",
            "SluiceCertificateExpires",
            "SluiceDevicesAway");

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void eachFiresWhenItsConditionIsCaused() throws Exception {
        Path prometheus = Promtool.program("prometheus");
        TestAuthority authority = TestAuthority.in(folder, "authority");
        authority.issue("edge", "CN=localhost", -1, 2);
        HttpServer refusing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        refusing.createContext("/", exchange -> {
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
        });
        refusing.start();
        int away = Ports.free();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningSluice sluice = RunningSluice.withManagement("""
                    spring.security.user.password: secret
                    spring.ssl.bundle.pem.edge.keystore: { certificate: "%s", private-key: "%s" }
                    sluice:
                      data-directory: "%s"
                      defaults: { tcp.address: 127.0.0.1, reply.type: echo }
                      listeners:
                        busy: { enabled: false, tcp.port: %d }
                        paused: { tcp.port: 0 }
                        full: { tcp.port: 0, sinks: [upstream], delivery.max-spool-size: 1MB }
                        letters: { tcp.port: 0, sinks: [upstream], delivery: { attempts: 1 } }
                        refused: { tcp.port: 0, sinks: [web] }
                        direct: { tcp.port: 0, sinks: [upstream], delivery.mode: direct }
                        short: { tcp.port: 0, framing: { max-size: 10B, on-oversize: skip } }
                        small: { tcp.port: 0, limits.max-connections: 2 }
                        secure: { tcp: { port: 0, tls.bundle: edge } }
                      sinks:
                        upstream.tcp: { host: 127.0.0.1, port: %d }
                        web.http.url: "http://127.0.0.1:%d/"
                    """.formatted(
                                authority.certificateFile("edge"),
                                authority.keyFile("edge"),
                                folder,
                                taken.getLocalPort(),
                                away,
                                refusing.getAddress().getPort()));
                RunningSluice dialling = RunningSluice.withManagement("""
                    spring.security.user.password: secret
                    sluice:
                      data-directory: "%s"
                      listeners.dialled: { tcp.connect: "127.0.0.1:%d" }
                    """.formatted(folder.resolve("dialling"), away));
                Socket first = sluice.connect("small");
                Socket second = sluice.connect("small");
                Socket flood = sluice.connect("full")) {
            try (AutoCloseable running = start(prometheus, sluice.httpPort(), dialling.httpPort(), away)) {
                assertThat(running).isNotNull();
                sluice.listener("paused").pause();
                assertThat(startOf(sluice, "busy")).contains("in use");
                Thread.ofVirtual().start(() -> write(flood, ("x".repeat(50_000) + "\n").repeat(40)));
                await().atMost(Duration.ofMinutes(4))
                        .pollInterval(Duration.ofSeconds(1))
                        .untilAsserted(() -> {
                            for (String listener : Set.of("letters", "refused", "direct")) {
                                send(sluice, listener, "a\n");
                            }
                            send(sluice, "short", "longer than ten\n");
                            send(sluice, "small", "");
                            send(sluice, "secure", "GET / HTTP/1.1\r\n\r\n");
                            assertThat(firing()).containsAll(CAUSED);
                        });
            }
        } finally {
            refusing.stop(0);
        }
    }

    private int prometheusPort;

    private AutoCloseable start(Path prometheus, int... ports) throws IOException {
        prometheusPort = Ports.free();
        Files.writeString(
                folder.resolve("sluice.rules.yml"),
                Files.readString(Expressions.RULES)
                        .replaceAll("for: \\d+[mh]", "for: 1s")
                        .replaceAll("\\[\\d+[mhd]( offset 1h)?]", "[15s]"));
        StringBuilder targets = new StringBuilder();
        for (int port : ports) {
            targets.append(targets.isEmpty() ? "" : ", ")
                    .append("\"127.0.0.1:")
                    .append(port)
                    .append('"');
        }
        Path configuration = Files.writeString(folder.resolve("prometheus.yml"), """
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
            rule_files: [sluice.rules.yml]
            scrape_configs:
              - job_name: sluice
                metrics_path: /actuator/prometheus
                basic_auth: { username: operator, password: secret }
                static_configs: [ { targets: [%s] } ]
            """.formatted(targets));
        Process process = new ProcessBuilder(
                        prometheus.toString(),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:" + prometheusPort,
                        "--log.level=warn")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        return () -> {
            process.destroyForcibly();
            process.waitFor();
        };
    }

    /** Returns the names of the alerts that fire now. */
    private Set<String> firing() throws IOException, InterruptedException {
        String body = http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + prometheusPort + "/api/v1/alerts"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        Set<String> firing = new TreeSet<>();
        for (JsonNode alert : new JsonMapper().readTree(body).at("/data/alerts")) {
            if (alert.path("state").asString().equals("firing")) {
                firing.add(alert.at("/labels/alertname").asString());
            }
        }
        return firing;
    }

    private static String startOf(RunningSluice sluice, String listener) {
        try {
            sluice.listener(listener).start();
            return "it starts";
        } catch (ListenerException ex) {
            return String.valueOf(ex.getMessage());
        }
    }

    /** Some are not let in or cut off, as is meant. */
    private static void send(RunningSluice sluice, String listener, String text) {
        try (Socket socket = sluice.connect(listener)) {
            socket.getOutputStream().write(text.getBytes(US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        } catch (IOException ex) {
            assertThat(ex.getMessage()).isNotNull();
        }
    }

    /** Ends when the test closes the socket. */
    private static void write(Socket socket, String... texts) {
        try {
            for (String text : texts) {
                socket.getOutputStream().write(text.getBytes(US_ASCII));
            }
        } catch (IOException ex) {
            assertThat(socket.isClosed()).isTrue();
        }
    }
}
