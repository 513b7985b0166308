package dev.sluice.management;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The beginning of somebody's bytes, for people to read. */
final class Preview {

    private Preview() {}

    /**
     * Returns the bytes as text; null if they are none in this charset.
     *
     * @param whole whether a character that the end cuts short is a mistake, rather than one that was cut
     */
    static @Nullable String text(byte[] bytes, Charset charset, boolean whole) {
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate((int) Math.ceil(bytes.length * (double) decoder.maxCharsPerByte()));
        return decoder.decode(ByteBuffer.wrap(bytes), text, whole).isError()
                ? null
                : text.flip().toString();
    }

    /** Returns the first bytes in hex, at most so many. */
    static String hex(byte[] bytes, int most) {
        return HexFormat.of().formatHex(bytes.length > most ? Arrays.copyOf(bytes, most) : bytes);
    }
}
