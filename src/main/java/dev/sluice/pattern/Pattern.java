package dev.sluice.pattern;

import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a message has to look like. Immutable, and safe for many threads; takes time linear in the message. */
public interface Pattern {

    /**
     * Bytes as hex digits and 'text', fields in braces.
     *
     * @throws PatternException if it is no such pattern
     */
    static Pattern hex(String text) {
        return HexPattern.parse(text);
    }

    /**
     * Text with fields in braces. It is matched on bytes: lengths count bytes.
     *
     * @param charset of its literal text, and of the values of its fields
     * @throws PatternException if it is no such pattern
     */
    static Pattern text(String text, Charset charset) {
        return TextParser.parse(text, charset);
    }

    /**
     * An expression of RE2/J, which has to fit the whole message. A message that is not text of this charset fits none.
     *
     * @throws PatternException if it is no such expression
     */
    static Pattern regex(String text, Charset charset) {
        return RegexPattern.parse(text, charset);
    }

    /** The named fields, by index. */
    List<String> names();

    /** Returns where the fields stand, or null if the message does not fit. */
    @Nullable
    Match match(byte[] message);

    /**
     * Returns whether this pattern takes every message that the other one takes, as far as that can be told without any
     * message; false if not.
     */
    boolean covers(Pattern other);
}
