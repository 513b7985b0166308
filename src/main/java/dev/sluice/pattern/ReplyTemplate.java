package dev.sluice.pattern;

import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer to be: a pattern written. Immutable, and safe for many threads. */
public final class ReplyTemplate {

    private ReplyTemplate() {}

    /**
     * @throws PatternException if it is no such template
     */
    public static ReplyTemplate hex(String text) {
        throw new UnsupportedOperationException(text);
    }

    /**
     * @param charset that text is written in
     * @throws PatternException if it is no such template
     */
    public static ReplyTemplate text(String text, Charset charset) {
        throw new UnsupportedOperationException(text);
    }

    /**
     * Returns this template, whose {length} and {checksum} are filled in as the first of the frames says that has them and
     * agrees with its beginning.
     *
     * @param frames null if there are none
     * @throws PatternException if a frame is needed and none fits
     */
    public ReplyTemplate sealedBy(@Nullable Frames frames) {
        throw new UnsupportedOperationException("" + frames);
    }

    /** The placeholders by index, each once: all but {length} and {checksum}. */
    public List<String> names() {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns the answer.
     *
     * @throws UnwritableException if a field is absent and has no default, a number is too large, or one that has no bytes
     *     of its own is to be written as hex
     */
    public byte[] render(Values values) {
        throw new UnsupportedOperationException("" + values);
    }
}
