package dev.sluice.management;

import dev.sluice.transport.TappedBytes;
import java.nio.charset.Charset;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What came from a peer or went to it, as whoever looks on sees it in JSON.
 *
 * @param direction {@code in}: a frame or datagram was read, of which this is the payload; {@code out}: so much was
 *     written at once, with its framing; {@code none}: there is nothing to tell but what was skipped
 * @param frames how many it holds
 * @param length of all of it, in bytes
 * @param text its beginning in the listener's charset; null if it is no text, or not to be shown
 * @param hex its beginning, if it is no text
 * @param cut whether there is more than is shown
 * @param skipped how many frames were left out since the one before
 */
public record TappedFrame(
        Instant at,
        String direction,
        @Nullable String connection,
        @Nullable String remoteAddress,
        int remotePort,
        @Nullable String identity,
        int frames,
        int length,
        @Nullable String text,
        @Nullable String hex,
        boolean cut,
        long skipped) {

    static TappedFrame of(TappedBytes bytes, Charset charset, long skipped) {
        byte[] beginning = bytes.beginning();
        boolean cut = beginning != null && beginning.length < bytes.length();
        String text = beginning == null ? null : Preview.text(beginning, charset, !cut);
        return new TappedFrame(
                Instant.ofEpochMilli(bytes.at()),
                bytes.inbound() ? "in" : "out",
                bytes.origin().connection(),
                bytes.origin().remoteAddress(),
                bytes.origin().remote().getPort(),
                bytes.origin().identity(),
                bytes.frames(),
                bytes.length(),
                text,
                beginning == null || text != null ? null : Preview.hex(beginning, beginning.length),
                cut,
                skipped);
    }

    static TappedFrame ofSkipped(long skipped) {
        return new TappedFrame(Instant.now(), "none", null, null, 0, null, 0, 0, null, null, false, skipped);
    }
}
