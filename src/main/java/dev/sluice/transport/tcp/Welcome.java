package dev.sluice.transport.tcp;

import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * What a connection begins by and keeps to its end, both ways, however its listener changes meanwhile.
 *
 * @param declared the framing, of which only where a frame ends counts
 * @param greeting never changes; empty if there is none
 */
record Welcome(FramingProperties declared, Framing framing, FrameBuffer greeting) {

    /**
     * @param greeting null if there is none
     * @param charset of the greeting
     * @param former the framing of which is kept, as it is the same; null if there is none
     */
    static Welcome of(
            FramingProperties declared, @Nullable String greeting, Charset charset, @Nullable Welcome former) {
        FrameBuffer written = new FrameBuffer();
        if (greeting != null) {
            written.append(greeting.getBytes(charset));
        }
        Framing framing = former != null && former.declared.cutsLike(declared) ? former.framing : declared.toFraming();
        return new Welcome(declared, framing, written);
    }

    /** Returns whether one that began by the other has its messages cut in the same way. */
    boolean cutsLike(Welcome other) {
        return framing == other.framing;
    }
}
