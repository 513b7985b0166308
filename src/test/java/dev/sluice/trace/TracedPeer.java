package dev.sluice.trace;

import dev.sluice.message.Handling;
import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One who sends messages that nobody handles. */
record TracedPeer(Origin origin) implements Peer {

    private static final TracedPeer PEER =
            new TracedPeer(new Origin("greeter", "a", "a", new InetSocketAddress(InetAddress.getLoopbackAddress(), 7)));
    private static final PeerHeaders NONE = new PeerHeaders(Map.of());

    static ReceivedMessage message(int sequence) {
        return new ReceivedMessage(new byte[0], NONE, PEER, sequence, 1_700_000_000_000L);
    }

    @Override
    public Handling handling() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void reply(byte[] payload) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void fail() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void quiet() {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable End identified(Origin who) {
        throw new UnsupportedOperationException();
    }
}
