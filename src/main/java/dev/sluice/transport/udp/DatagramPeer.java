package dev.sluice.transport.udp;

import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.PeerHeaders;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.integration.ip.IpHeaders;

/** The source of a datagram, answered from the socket that received it. Belongs to that socket's thread. */
final class DatagramPeer implements Peer {

    /** What fits a datagram: 65,535 bytes less the header of UDP, and of IPv4, whose length counts itself. */
    static final int MOST_PAYLOAD_IPV6 = 65_527;

    private static final int MOST_PAYLOAD_IPV4 = 65_507;

    private static final Logger log = LoggerFactory.getLogger(DatagramPeer.class);

    private final Origin origin;
    private final DatagramSocket socket;
    private final PeerHeaders headers;
    private int failures;
    private int replies;
    private long bytesSent;

    DatagramPeer(String listener, String stream, DatagramSocket socket, InetSocketAddress remote) {
        String address = remote.getAddress().getHostAddress();
        this.origin = new Origin(listener, address + ":" + remote.getPort(), stream, remote);
        this.socket = socket;
        this.headers = new PeerHeaders(Map.of(
                IpHeaders.HOSTNAME, address,
                IpHeaders.IP_ADDRESS, address,
                IpHeaders.PORT, remote.getPort(),
                IpHeaders.PACKET_ADDRESS, remote,
                PeerHeaders.LISTENER, listener));
    }

    PeerHeaders headers() {
        return headers;
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public void reply(byte[] payload) {
        int most = remote().getAddress() instanceof Inet6Address ? MOST_PAYLOAD_IPV6 : MOST_PAYLOAD_IPV4;
        if (payload.length > most) {
            throw new IllegalArgumentException("a reply of " + payload.length + " bytes does not fit a datagram");
        }
        try {
            socket.send(new DatagramPacket(payload, payload.length, remote()));
            replies++;
            bytesSent += payload.length;
        } catch (IOException ex) {
            log.debug("Listener '{}': a reply to {} was not sent: {}", listener(), remote(), ex.getMessage());
        }
    }

    @Override
    public void fail(byte @Nullable [] answer) {
        failures++;
        if (answer != null) {
            reply(answer);
        }
    }

    int takeFailures() {
        int taken = failures;
        failures = 0;
        return taken;
    }

    int takeReplies() {
        int taken = replies;
        replies = 0;
        return taken;
    }

    long takeBytesSent() {
        long taken = bytesSent;
        bytesSent = 0;
        return taken;
    }
}
