package dev.sluice.pattern;

import java.util.ArrayList;
import java.util.List;

/** Takes the text notation apart: text that stands for itself, and braces; a doubled brace is a brace. */
final class TextScanner {

    /** A piece of it: text that stands for itself, or what is in braces. */
    sealed interface Piece permits Piece.Text, Token.Braces {

        /**
         * @param offset of its first character
         */
        record Text(int offset, String text) implements Piece {}
    }

    private TextScanner() {}

    /**
     * @throws PatternException if a brace is not closed
     */
    static List<Piece> scan(String text) {
        List<Piece> pieces = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int literalAt = 0;
        int i = 0;
        while (i < text.length()) {
            if (literal.isEmpty()) {
                literalAt = i;
            }
            if (text.charAt(i) != '{') {
                literal.append(text.charAt(i++));
            } else if (text.startsWith("{{", i)) {
                literal.append('{');
                i += 2;
            } else {
                if (!literal.isEmpty()) {
                    pieces.add(new Piece.Text(literalAt, literal.toString()));
                    literal.setLength(0);
                }
                Token.Braces braces = HexScanner.braces(text, i);
                pieces.add(braces);
                i += braces.body().length() + 2;
            }
        }
        if (!literal.isEmpty()) {
            pieces.add(new Piece.Text(literalAt, literal.toString()));
        }
        return pieces;
    }
}
