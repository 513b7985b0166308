package dev.sluice.management;

import dev.sluice.delivery.spool.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as the endpoint shows it.
 *
 * @param bytes of the whole payload
 * @param base64 the beginning of the payload
 * @param text the same as text in the listener's charset; null if it is none
 */
record DeadLetterDescription(
        String id,
        String sink,
        String remoteAddress,
        int remotePort,
        Instant receivedAt,
        Instant diedAt,
        int attempts,
        String reason,
        long bytes,
        String base64,
        @Nullable String text) {

    private static final int MOST_BYTES = 1024;

    static DeadLetterDescription of(DeadLetter letter, Charset charset) {
        byte[] payload = letter.message().getPayload();
        byte[] beginning = payload.length > MOST_BYTES ? Arrays.copyOf(payload, MOST_BYTES) : payload;
        return new DeadLetterDescription(
                letter.message().id(),
                letter.sink(),
                letter.message().origin().remoteAddress(),
                letter.message().origin().remote().getPort(),
                Instant.ofEpochMilli(letter.message().receivedAt()),
                Instant.ofEpochMilli(letter.diedAt()),
                letter.attempts(),
                letter.reason(),
                payload.length,
                Base64.getEncoder().encodeToString(beginning),
                text(beginning, charset, beginning.length == payload.length));
    }

    /**
     * @param whole whether a character that the end cuts short is a mistake, rather than one that was cut
     */
    private static @Nullable String text(byte[] bytes, Charset charset, boolean whole) {
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        return decoder.decode(ByteBuffer.wrap(bytes), text, whole).isError()
                ? null
                : text.flip().toString();
    }
}
