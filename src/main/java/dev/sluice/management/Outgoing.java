package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.configuration.ListenerProtocol;
import dev.sluice.message.Origin;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.UnwritableException;
import dev.sluice.protocol.PlainTemplate;
import dev.sluice.transport.Connection;
import dev.sluice.transport.framing.FrameBuffer;
import java.util.Base64;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an operator sends to peers, in one of three forms. Bytes in hex are a template, and so is text where the
 * listener has {@code frames}: their length and checksum are filled in.
 *
 * @param text in the listener's charset
 * @param base64 bytes
 * @param hex bytes, with text in quotes and placeholders in braces
 */
record Outgoing(
        @Nullable String text,
        @Nullable String base64,
        @Nullable String hex) {

    /**
     * Makes the frame that is written to one peer, which may have connected under another framing than that of now.
     *
     * @throws Refused saying what is wrong with it
     * @throws IllegalArgumentException if the peer's framing cannot carry it
     */
    FrameBuffer frame(Listener listener, Connection peer) {
        return peer.frame(payload(listener, peer.origin()));
    }

    /**
     * Makes what is in the frame.
     *
     * @throws Refused saying what is wrong with it
     */
    byte[] payload(Listener listener, Origin peer) {
        if (Stream.of(text, base64, hex).filter(Objects::nonNull).count() != 1) {
            throw Refused.badRequest("exactly one of 'text', 'hex' and 'base64' is needed");
        }
        Frames frames = ListenerProtocol.frames(listener.properties().framing());
        try {
            if (hex != null) {
                return PlainTemplate.hex(hex, frames).render(peer, 0);
            }
            if (text != null) {
                return frames == null
                        ? text.getBytes(listener.properties().charset())
                        : PlainTemplate.text(text, listener.properties().charset(), frames)
                                .render(peer, 0);
            }
        } catch (IllegalArgumentException | UnwritableException ex) {
            throw Refused.badRequest(ex.getMessage());
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException ex) {
            throw Refused.badRequest("'base64' is not valid: " + ex.getMessage());
        }
    }
}
