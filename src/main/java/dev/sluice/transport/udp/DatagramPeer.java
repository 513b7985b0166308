package dev.sluice.transport.udp;

import dev.sluice.extension.SluiceHeaders;
import dev.sluice.message.Awaited;
import dev.sluice.message.Handling;
import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Reason;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.ip.IpHeaders;

/**
 * The source of a datagram, answered by the socket that received it, during the handling of one on the thread of the
 * receiver.
 */
final class DatagramPeer implements Peer {

    /** What fits a datagram: 65,535 bytes less the header of UDP, and of IPv4, whose length counts itself. */
    static final int MOST_PAYLOAD_IPV6 = 65_527;

    private static final int MOST_PAYLOAD_IPV4 = 65_507;

    private final Origin origin;
    private final DatagramAnswers answers;
    private final ReceivingSocket socket;
    private final PeerHeaders headers;
    private final Reason.@Nullable Withheld unanswerable;

    DatagramPeer(Origin origin, DatagramAnswers answers, ReceivingSocket socket) {
        InetSocketAddress remote = origin.remote();
        String address = origin.remoteAddress();
        this.origin = origin;
        this.answers = answers;
        this.socket = socket;
        this.unanswerable = answers.unanswerable(remote);
        this.headers = new PeerHeaders(Map.of(
                IpHeaders.HOSTNAME, address,
                IpHeaders.IP_ADDRESS, address,
                IpHeaders.PORT, remote.getPort(),
                IpHeaders.PACKET_ADDRESS, remote,
                SluiceHeaders.LISTENER, origin.listener()));
    }

    PeerHeaders headers() {
        return headers;
    }

    /** Why nothing is ever sent to it; null if replies are. */
    Reason.@Nullable Withheld unanswerable() {
        return unanswerable;
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public Handling handling() {
        return answers.handling();
    }

    @Override
    public void reply(byte[] payload) {
        if (!fits(payload)) {
            throw new IllegalArgumentException("a reply of " + payload.length + " bytes does not fit a datagram");
        }
        answers.reply(this, payload);
    }

    @Override
    public void owe(ReceivedMessage message, Awaited answer) {
        answers.owe(message, answer);
    }

    @Override
    public void fail() {
        answers.failed();
    }

    @Override
    public @Nullable End identified(Origin identified) {
        return identified.identity() == null ? null : answers.refusal(identified.identity());
    }

    @Override
    public void quiet() {
        answers.quiet();
    }

    /** Returns whether it was sent. */
    boolean send(byte[] payload) {
        return socket.send(payload, remote());
    }

    boolean fits(byte[] payload) {
        return payload.length
                <= (remote().getAddress() instanceof Inet6Address ? MOST_PAYLOAD_IPV6 : MOST_PAYLOAD_IPV4);
    }
}
