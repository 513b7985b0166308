package dev.sluice.sink.log;

import dev.sluice.text.Visible;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/**
 * Bytes from the wire as text that cannot pretend to be more than one line, nor move the cursor of a terminal, nor turn
 * its reading direction. Bytes that are no text show as {@code \xNN}, a backslash as two.
 */
final class EscapedText {

    private EscapedText() {}

    /**
     * @param charset of what is text
     * @param most bytes to be shown; of a longer payload the length is told
     */
    static String of(byte[] payload, Charset charset, int most) {
        boolean cut = payload.length > most;
        ByteBuffer bytes = ByteBuffer.wrap(payload, 0, Math.min(payload.length, most));
        StringBuilder text = new StringBuilder(bytes.remaining() + 32);
        CharBuffer chars = CharBuffer.allocate(bytes.remaining());
        CharsetDecoder decoder = charset.newDecoder();
        while (true) {
            // What is cut off within a character stays undecoded.
            CoderResult result = decoder.decode(bytes, chars, !cut);
            chars.flip().codePoints().forEach(c -> append(text, c));
            chars.clear();
            if (!result.isError()) {
                break;
            }
            for (int i = 0; i < result.length(); i++) {
                text.append("\\x%02x".formatted(bytes.get()));
            }
            decoder.reset();
        }
        return cut ? text.append("… (").append(payload.length).append(" bytes)").toString() : text.toString();
    }

    /** Two of a backslash, so that one that was sent is told from one that is ours. */
    private static void append(StringBuilder text, int c) {
        if (c == '\\') {
            text.append("\\\\");
        } else {
            Visible.append(text, c);
        }
    }
}
