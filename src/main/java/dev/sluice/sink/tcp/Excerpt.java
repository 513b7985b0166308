package dev.sluice.sink.tcp;

import dev.sluice.text.Visible;
import java.nio.charset.StandardCharsets;

/**
 * Bytes of a foreign program, made fit for one line of an operator's log: shortened, and without control characters.
 */
final class Excerpt {

    private static final int MOST_BYTES = 80;

    private Excerpt() {}

    static String of(byte[] bytes) {
        int length = Math.min(bytes.length, MOST_BYTES);
        StringBuilder text = new StringBuilder(length + 2).append('\'');
        new String(bytes, 0, length, StandardCharsets.UTF_8).codePoints().forEach(c -> {
            if (!Visible.is(c)) {
                text.append(c < 0x100 ? "\\x%02X".formatted(c) : "\\u%04X".formatted(c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.append(bytes.length > MOST_BYTES ? "…'" : "'").toString();
    }
}
