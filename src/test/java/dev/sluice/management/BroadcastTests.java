package dev.sluice.management;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What operators send, and how much of that at once. */
@Timeout(120)
final class BroadcastTests {

    private static final int LARGE = 500_000;

    private RunningSluice sluice;
    private final List<Socket> peers = new ArrayList<>();

    @BeforeEach
    void start() {
        sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              memory.limit: 10MB
              listeners.chat:
                tcp: { address: 127.0.0.1, port: 0, send-buffer: 16KB }
                timeouts.write: 2s
            """);
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket peer : peers) {
            peer.close();
        }
        sluice.close();
    }

    private Operator operator() {
        return new Operator(sluice, "operator:secret");
    }

    private void connect(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(4096);
            socket.setSoTimeout(20_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), sluice.port("chat")));
            peers.add(socket);
        }
        await().until(() -> sluice.listener("chat").transport().connections().size() == peers.size());
    }

    private long used() {
        return sluice.bean(MemoryBudget.class).used();
    }

    private static String message(int length) {
        return "{\"listener\":\"chat\",\"text\":\"" + "m".repeat(length) + "\"}";
    }

    @Test
    void hundredPeersThatDoNotReadShareOneFrameAndAreLetGoAtTheWriteTimeout() throws Exception {
        connect(100);
        long before = used();
        Thread sending = Thread.ofVirtual().start(() -> operator().post("/connections", message(LARGE)));
        await().until(() -> used() > before + LARGE);
        assertThat(used() - before).isLessThan(8L * LARGE);
        await().until(() ->
                sluice.traffic("chat").closed(Reason.Closed.WRITE_TIMEOUT).sum() == 100);
        sending.join();
        await().until(() -> used() == 0);
    }

    @Test
    void whoeverReadsHasAllOfIt() throws Exception {
        connect(3);
        List<Thread> reading = new ArrayList<>();
        List<String> read = new ArrayList<>();
        for (Socket peer : peers) {
            reading.add(Thread.ofVirtual().start(() -> {
                try {
                    String line = new String(peer.getInputStream().readNBytes(LARGE + 1), US_ASCII);
                    synchronized (read) {
                        read.add(line);
                    }
                } catch (IOException ex) {
                    // Is missing then.
                }
            }));
        }
        Operator.Answer answer = operator().post("/connections", message(LARGE));
        assertThat(answer.json().get("sent").asInt()).isEqualTo(3);
        assertThat(answer.json().get("unfinished").asInt()).isZero();
        for (Thread thread : reading) {
            thread.join();
        }
        assertThat(read).hasSize(3).allMatch(line -> line.equals("m".repeat(LARGE) + "\n"));
        await().until(() -> used() == 3 * MemoryBudget.CONNECTION);
    }

    @Test
    void aBodyLargerThanASixteenthOfTheMemoryIsRefused() throws Exception {
        connect(1);
        assertThat(operator().post("/connections", message(700_000)).status()).isEqualTo(413);
        assertThat(chunked(message(700_000))).isEqualTo(413);
        assertThat(chunked(message(10))).isEqualTo(200);
        assertThat(peers.getFirst().getInputStream().readNBytes(11)).hasSize(11);
        await().until(() -> used() == MemoryBudget.CONNECTION);
    }

    /** Without a length told beforehand. */
    private int chunked(String body) throws Exception {
        HttpRequest.BodyPublisher publisher = BodyPublishers.fromPublisher(
                BodyPublishers.ofByteArrays(Stream.of(body.getBytes(US_ASCII)).toList()));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + sluice.httpPort() + "/actuator/connections"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Basic b3BlcmF0b3I6c2VjcmV0")
                .POST(publisher)
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(request, BodyHandlers.ofString()).statusCode();
        }
    }

    @Test
    void theMetersTellWhatIsHeldAndWhatMayBe() throws Exception {
        connect(2);
        assertThat(operator()
                        .get("/metrics/sluice.memory.used")
                        .json()
                        .at("/measurements/0/value")
                        .asLong())
                .isEqualTo(2 * MemoryBudget.CONNECTION);
        assertThat(operator()
                        .get("/metrics/sluice.memory.limit")
                        .json()
                        .at("/measurements/0/value")
                        .asLong())
                .isEqualTo(10L << 20);
    }
}
