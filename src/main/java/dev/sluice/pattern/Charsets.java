package dev.sluice.pattern;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Text to bytes and back, where a replacement for what cannot be said would be a lie. */
final class Charsets {

    private Charsets() {}

    /**
     * @throws UnwritableException if the charset lacks a character, or can only be read
     */
    static byte[] encode(String text, Charset charset) {
        if (!charset.canEncode()) {
            throw new UnwritableException("nothing can be written in " + charset.name());
        }
        try {
            ByteBuffer bytes = charset.newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
            return Arrays.copyOf(bytes.array(), bytes.limit());
        } catch (CharacterCodingException ex) {
            throw new UnwritableException("'" + text + "' cannot be written in " + charset.name());
        }
    }

    /**
     * The same of a piece of a pattern.
     *
     * @param offset of the piece
     * @throws PatternException if it cannot be written
     */
    static byte[] encode(String piece, Charset charset, int offset) {
        try {
            return encode(piece, charset);
        } catch (UnwritableException ex) {
            throw PatternException.at(offset, ex.getMessage());
        }
    }

    /** Returns what pieces are encoded in, which is done one by one: each would begin with a mark. */
    static Charset ofPieces(Charset charset) {
        return charset.equals(StandardCharsets.UTF_16) ? StandardCharsets.UTF_16BE : charset;
    }

    /** Returns the text, or null if these bytes are none. */
    static @Nullable String decode(byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException ex) {
            return null;
        }
    }
}
