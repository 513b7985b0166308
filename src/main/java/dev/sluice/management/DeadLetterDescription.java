package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.LetterKey;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as the endpoint shows it.
 *
 * @param letter selects it, see {@link LetterKey}
 * @param bytes of the whole payload
 * @param base64 the beginning of the payload
 * @param text the same as text in the listener's charset; null if it is none
 * @param hex the beginning of it, if it is no text
 */
record DeadLetterDescription(
        String letter,
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
        @Nullable String text,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String hex) {

    private static final int MOST_BYTES = 1024;
    private static final int MOST_HEX = 256;

    static DeadLetterDescription of(DeadLetter letter, Charset charset) {
        byte[] payload = letter.message().getPayload();
        byte[] beginning = payload.length > MOST_BYTES ? Arrays.copyOf(payload, MOST_BYTES) : payload;
        String text = Preview.text(beginning, charset, beginning.length == payload.length);
        return new DeadLetterDescription(
                LetterKey.of(letter).toString(),
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
                text,
                text == null ? Preview.hex(payload, MOST_HEX) : null);
    }
}
