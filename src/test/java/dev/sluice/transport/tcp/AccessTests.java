package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason.Closed;
import dev.sluice.transport.Reason.Rejected;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who is let in, by where they come from; this machine has all addresses that begin with 127. */
final class AccessTests {

    private static final String FRIEND = "127.0.1.1";
    private static final String FOE = "127.0.6.6";

    private static RunningSluice sluice;

    private final Deque<Socket> open = new ArrayDeque<>();

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              defaults:
                reply.type: echo
              listeners:
                allowing:
                  tcp: { address: 127.0.0.1, port: 0 }
                  access: { allow: [127.0.1.0/24], deny: 127.0.1.66 }
                denying:
                  tcp: { address: 127.0.0.1, port: 0 }
                  access.deny: 127.0.6.0/24
                shared:
                  tcp: { address: 127.0.0.1, port: 0 }
                  limits: { max-connections: 7, max-connections-per-address: 3 }
                paced:
                  tcp: { address: 127.0.0.1, port: 0 }
                  limits.connections-per-second: 20
                full:
                  tcp: { address: 127.0.0.1, port: 0 }
                  access.allow: 127.0.1.0/24
                  limits: { max-connections: 5, max-connections-per-address: 2, connections-per-second: 1000 }
                inet6:
                  tcp: { address: "::", port: 0 }
                  access.allow: [127.0.1.0/24, "::1"]
            """);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @AfterEach
    void closeAll() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void whoIsNotAllowedIsRejected() throws IOException {
        assertThat(isServed("allowing", FRIEND)).isTrue();
        assertThat(isServed("allowing", FOE)).isFalse();
        assertThat(isServed("allowing", "127.0.1.66"))
                .as("denied, though allowed")
                .isFalse();
        assertThat(rejected("allowing", Rejected.ACCESS_DENIED)).isEqualTo(2);
        assertThat(sluice.traffic("allowing").connectionsAccepted.sum()).isEqualTo(1);
    }

    @Test
    void whoIsDeniedIsRejected() throws IOException {
        assertThat(isServed("denying", FRIEND)).isTrue();
        assertThat(isServed("denying", FOE)).isFalse();
    }

    @Test
    void addressesOfBothFamiliesComeToOnePort() throws IOException {
        assertThat(isServed("inet6", FRIEND)).isTrue();
        assertThat(isServed("inet6", FOE)).isFalse();
        assertThat(isServed("inet6", "::1")).isTrue();
    }

    @Test
    void noAddressHasMoreThanItsShareAndAPlaceGivenBackIsFree() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(isServed("shared", FRIEND)).isTrue();
            assertThat(isServed("shared", FOE)).isTrue();
        }
        assertThat(isServed("shared", FRIEND)).isFalse();
        assertThat(isServed("shared", FOE)).isFalse();
        assertThat(isServed("shared", "127.0.2.1")).as("the seventh").isTrue();
        assertThat(isServed("shared", "127.0.3.1")).as("the eighth").isFalse();
        assertThat(rejected("shared", Rejected.MAX_CONNECTIONS)).isEqualTo(1);
        assertThat(rejected("shared", Rejected.MAX_CONNECTIONS_PER_ADDRESS)).isEqualTo(2);

        // Each end gives back one place, of the address and of all: in order, by a reset, by an operator.
        for (int i = 0; i < 20; i++) {
            long before = sluice.traffic("shared").connectionsAccepted.sum();
            Socket leaving = open.removeFirst();
            String address = leaving.getLocalAddress().getHostAddress();
            leave(leaving, i);
            await().until(() -> isServed("shared", address));
            assertThat(isServed("shared", address)).isFalse();
            assertThat(sluice.traffic("shared").connectionsAccepted.sum()).isEqualTo(before + 1);
            assertThat(sluice.listener("shared").transport().connections()).hasSize(7);
        }
    }

    private static void leave(Socket socket, int way) throws IOException {
        int port = socket.getLocalPort();
        switch (way % 3) {
            case 0 -> socket.close();
            case 1 -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            default -> {
                sluice.listener("shared").transport().connections().stream()
                        .filter(connection -> connection.remote().getPort() == port)
                        .forEach(connection -> connection.close(Closed.OPERATOR));
                socket.close();
            }
        }
    }

    @Test
    void noMoreComeThanTheRateAllows() throws IOException {
        long begun = System.nanoTime();
        int served = 0;
        for (int i = 0; i < 200; i++) {
            served += isServed("paced", "127.0.9." + (1 + i)) ? 1 : 0;
        }
        double seconds = (System.nanoTime() - begun) / 1e9;

        // A second's worth at once, and then what has become free.
        assertThat(served).isBetween(20, (int) (20 + 20 * seconds));
        assertThat(rejected("paced", Rejected.CONNECTIONS_PER_SECOND)).isEqualTo(200 - served);
    }

    @Test
    void aFloodTakesNothingFromThoseWhoMayComeIn() throws IOException {
        Traffic traffic = sluice.traffic("full");
        for (int i = 0; i < 2_000; i++) {
            assertThat(isServed("full", "127.0.6." + (1 + i % 200))).isFalse();
        }
        for (int i = 1; i <= 5; i++) {
            assertThat(isServed("full", "127.0.1." + i)).isTrue();
        }
        assertThat(isServed("full", "127.0.1.9")).isFalse();

        assertThat(traffic.connectionsAccepted.sum()).isEqualTo(5);
        assertThat(rejected("full", Rejected.ACCESS_DENIED)).isEqualTo(2_000);
        assertThat(rejected("full", Rejected.MAX_CONNECTIONS)).isEqualTo(1);
        assertThat(rejected("full", Rejected.CONNECTIONS_PER_SECOND)).isZero();
    }

    /** Connects from there, and stays if it has its answer. */
    private boolean isServed(String listener, String from) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(20_000);
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(new InetSocketAddress(from.equals("::1") ? "::1" : "127.0.0.1", sluice.port(listener)));
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            if (socket.getInputStream().readNBytes(6).length == 6) {
                open.addLast(socket);
                return true;
            }
        } catch (SocketException ex) {
            // Reset, at whatever point.
        }
        socket.close();
        return false;
    }

    private static long rejected(String listener, Rejected reason) {
        return sluice.traffic(listener).rejected(reason).sum();
    }
}
