package dev.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
final class KernelPeersTests {

    private static final Duration IDLE = Duration.ofMillis(4);

    private static KernelPeers of(ServerSocket server) {
        return new KernelPeers(() -> Optional.of((InetSocketAddress) server.getLocalSocketAddress()));
    }

    private static boolean holds(KernelPeers peers, Socket accepted) {
        return peers.holds((InetSocketAddress) accepted.getRemoteSocketAddress(), IDLE, System.nanoTime());
    }

    /** The first is accepted by a socket of IPv4 alone or of both, whichever the system's are. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0.0.0.0"})
    void holdsAPeerUntilItHasEndedItsSideThoughNobodyReads(String address) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 2, InetAddress.getByName(address));
                Socket staying = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket stays = server.accept();
                Socket going = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket goes = server.accept()) {
            KernelPeers peers = of(server);
            going.getOutputStream().write(new byte[100]);
            await().until(() -> goes.getInputStream().available() == 100);
            assertThat(holds(peers, goes)).isTrue();
            going.close();
            await().until(() -> !holds(peers, goes));
            assertThat(holds(peers, stays)).isTrue();
            assertThat(staying.isClosed()).isFalse();
        }
    }

    @Test
    void holdsNoPeerThatHasResetItsConnection() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket peer = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            KernelPeers peers = of(server);
            assertThat(holds(peers, accepted)).isTrue();
            peer.setSoLinger(true, 0);
            peer.close();
            await().until(() -> !holds(peers, accepted));
        }
    }

    @Test
    void holdsAllWhileNothingIsBound() {
        KernelPeers peers = new KernelPeers(Optional::empty);
        assertThat(peers.holds(new InetSocketAddress("127.0.0.1", 9), IDLE, System.nanoTime()))
                .isTrue();
    }
}
