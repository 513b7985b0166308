package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.ListenerState;
import dev.sluice.transport.tcp.ProxyProtocolProperties.Mode;
import dev.sluice.transport.tcp.TcpProperties;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A peer on this machine that sends something once, and reads until nothing has come for a while.
 *
 * @param target where the listener is to be reached
 * @param udp whether it takes datagrams
 */
record SocketTrial(InetSocketAddress target, boolean udp, Charset charset) {

    private static final int CONNECT_MILLIS = 2_000;
    /** How long the first byte is waited for, and again another after each that comes. */
    private static final int QUIET_MILLIS = 1_000;

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST_BYTES = 64 * 1024;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ").withUpperCase();

    /**
     * What went over the socket.
     *
     * @param ended what ended it: {@code peer}, which is the listener, {@code quiet} or {@code limit}
     */
    record Exchange(Content sent, Content received, String ended, long millis) {}

    /**
     * @param text null if the bytes are none
     */
    record Content(int bytes, String hex, @Nullable String text) {

        private static final int MOST_SHOWN = 4096;

        static Content of(byte[] all, Charset charset) {
            byte[] shown = all.length > MOST_SHOWN ? Arrays.copyOf(all, MOST_SHOWN) : all;
            return new Content(all.length, HEX.formatHex(shown), Preview.text(shown, charset, shown == all));
        }
    }

    /**
     * One for a listener.
     *
     * @throws Refused if it cannot be reached from here, with the reason
     */
    static SocketTrial of(Listener listener) {
        if (listener.state() != ListenerState.RUNNING) {
            throw Refused.conflict(
                    "listener '" + listener.name() + "' is " + listener.state() + ". Start or resume it first");
        }
        TcpProperties tcp = listener.properties().tcp();
        if (tcp != null && tcp.dials()) {
            throw Refused.conflict("listener '" + listener.name()
                    + "' dials its devices, so that nobody can connect to it. Send to one of its connections");
        }
        if (tcp != null && (tcp.tls() != null || tcp.proxyProtocol().mode() == Mode.REQUIRED)) {
            throw Refused.conflict("listener '" + listener.name() + "' wants "
                    + (tcp.tls() != null ? "TLS" : "a PROXY header") + ", which is not spoken here. Use"
                    + " 'java -jar sluice.jar client' from a machine that it serves");
        }
        InetSocketAddress bound = listener.transport().localAddress().orElseThrow();
        InetAddress host = bound.getAddress();
        return new SocketTrial(
                host.isAnyLocalAddress()
                        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), bound.getPort())
                        : bound,
                listener.properties().udp() != null,
                listener.properties().charset());
    }

    Exchange send(byte[] bytes) throws IOException {
        long begin = System.nanoTime();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        String ended = udp ? overUdp(bytes, received) : overTcp(bytes, received);
        return new Exchange(
                Content.of(bytes, charset),
                Content.of(received.toByteArray(), charset),
                ended,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    private String overTcp(byte[] bytes, ByteArrayOutputStream received) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(target, CONNECT_MILLIS);
            socket.setSoTimeout(QUIET_MILLIS);
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            long until = System.nanoTime() + LONGEST_NANOS;
            while (received.size() < MOST_BYTES && System.nanoTime() < until) {
                int count;
                try {
                    count = in.read(buffer, 0, Math.min(buffer.length, MOST_BYTES - received.size()));
                } catch (SocketTimeoutException _) {
                    return "quiet";
                }
                if (count < 0) {
                    return "peer";
                }
                received.write(buffer, 0, count);
            }
            return "limit";
        }
    }

    private String overUdp(byte[] bytes, ByteArrayOutputStream received) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(QUIET_MILLIS);
            socket.send(new DatagramPacket(bytes, bytes.length, target));
            DatagramPacket answer = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
            socket.receive(answer);
            received.write(answer.getData(), 0, answer.getLength());
            return "peer";
        } catch (SocketTimeoutException _) {
            return "quiet";
        }
    }
}
