package dev.sluice.pattern;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Takes the hex notation apart: digits, 'text', braces, parentheses; spaces are for the eye. */
final class HexScanner {

    private final String text;
    /** Whether halves of bytes may be left open. */
    private final boolean open;

    private final List<Token> tokens = new ArrayList<>();
    private final ByteArrayOutputStream value = new ByteArrayOutputStream();
    private final ByteArrayOutputStream mask = new ByteArrayOutputStream();
    private int bytesAt;
    private int position;

    private HexScanner(String text, boolean open) {
        this.text = text;
        this.open = open;
    }

    /**
     * Of what is read, where a dot stands for any half of a byte.
     *
     * @throws PatternException if it is not in this notation
     */
    static List<Token> scan(String text) {
        return new HexScanner(text, true).scan();
    }

    /**
     * Of what is written.
     *
     * @throws PatternException if it is not in this notation, or has dots
     */
    static List<Token> scanWritten(String text) {
        return new HexScanner(text, false).scan();
    }

    private List<Token> scan() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (Character.isWhitespace(c)) {
                position++;
            } else if (isHalf(c)) {
                digits();
            } else if (c == '\'') {
                quoted();
            } else if (c == '{') {
                endBytes();
                Token.Braces braces = braces(text, position);
                tokens.add(braces);
                position += braces.body().length() + 2;
            } else if (c == '(' || c == ')') {
                endBytes();
                tokens.add(new Token.Parenthesis(position++, c == '('));
            } else {
                throw PatternException.at(
                        position,
                        "'" + c + "' is neither a hex digit nor a dot",
                        "Text stands in quotes, such as 'OK'");
            }
        }
        endBytes();
        return tokens;
    }

    /**
     * @throws PatternException if the brace at this index is not closed
     */
    static Token.Braces braces(String text, int index) {
        int end = text.indexOf('}', index);
        int another = text.indexOf('{', index + 1);
        if (end < 0 || another >= 0 && another < end) {
            int shown = Math.min(text.length(), index + 24);
            throw PatternException.at(
                    index,
                    "'"
                            + text.substring(index, another < 0 ? shown : Math.min(shown, another))
                                    .strip() + "' is not closed by '}'");
        }
        return new Token.Braces(index, text.substring(index + 1, end));
    }

    private void digits() {
        if (!open && (text.charAt(position) == '.' || text.startsWith(".", position + 1))) {
            throw PatternException.at(text.indexOf('.', position), "a dot", "What is written has to be told");
        }
        if (position + 1 == text.length() || !isHalf(text.charAt(position + 1))) {
            throw PatternException.at(position, "half a byte");
        }
        int high = text.charAt(position);
        int low = text.charAt(position + 1);
        add(half(high) << 4 | half(low), told(high) << 4 | told(low));
        position += 2;
    }

    private static boolean isHalf(char c) {
        return c == '.' || c < 0x80 && Character.digit(c, 16) >= 0;
    }

    private static int half(int c) {
        return c == '.' ? 0 : Character.digit(c, 16);
    }

    private static int told(int c) {
        return c == '.' ? 0 : 0xF;
    }

    private void quoted() {
        int end = text.indexOf('\'', position + 1);
        if (end < 0) {
            throw PatternException.at(position, "a quote is not closed");
        }
        for (int i = position + 1; i < end; i++) {
            if (text.charAt(i) > 0x7E || text.charAt(i) < ' ') {
                throw PatternException.at(i, "'" + text.charAt(i) + "' is not ASCII", "Write its bytes in hex");
            }
            add(text.charAt(i), 0xFF);
        }
        position = end + 1;
    }

    private void add(int aByte, int told) {
        if (value.size() == 0) {
            bytesAt = position;
        }
        value.write(aByte);
        mask.write(told);
    }

    private void endBytes() {
        if (value.size() > 0) {
            tokens.add(new Token.Bytes(bytesAt, value.toByteArray(), mask.toByteArray()));
            value.reset();
            mask.reset();
        }
    }
}
