package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.message.Origin;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Sends something to a listener through its own port, as a peer on this machine would, and shows what comes back:
 * {@code /actuator/try}. The message is a real one: it is counted, answered and delivered.
 */
@Endpoint(id = "try")
final class TryEndpoint {

    private static final int MOST_AT_ONCE = 4;
    private static final InetSocketAddress NOBODY = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    private final Listeners listeners;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    TryEndpoint(Listeners listeners) {
        this.listeners = listeners;
    }

    /**
     * @param framed whether the bytes are a message, which is framed as the listener frames replies; if not they are
     *     sent as they are. They are framed if absent
     */
    @WriteOperation
    SocketTrial.Exchange send(
            @Selector String listener,
            @Nullable String text,
            @Nullable String base64,
            @Nullable String hex,
            @Nullable Boolean framed) {
        Listener found = listeners.find(listener).orElseThrow(() -> Refused.noListener(listener));
        byte[] payload = new Outgoing(text, base64, hex).payload(found, new Origin(listener, "", "", NOBODY));
        byte[] bytes = Boolean.FALSE.equals(framed) ? payload : framed(payload, found);
        if (!places.tryAcquire()) {
            throw Refused.unavailable(MOST_AT_ONCE + " are being tried just now; try again in a moment");
        }
        try {
            return SocketTrial.of(found).send(bytes);
        } catch (IOException ex) {
            throw Refused.conflict("listener '" + listener + "' broke it off: " + ex.getMessage());
        } finally {
            places.release();
        }
    }

    /** Returns it as a peer sends it who begins now. */
    private static byte[] framed(byte[] payload, Listener listener) {
        FramingProperties declared = listener.properties().framing();
        Framing framing = listener.properties().udp() == null ? declared.toFraming() : declared.toFramesOfDatagrams();
        if (framing == null) {
            return payload;
        }
        FrameBuffer frame = new FrameBuffer();
        try {
            framing.encode(payload, frame);
        } catch (IllegalArgumentException ex) {
            throw Refused.badRequest(ex.getMessage());
        }
        return frame.toByteArray();
    }
}
