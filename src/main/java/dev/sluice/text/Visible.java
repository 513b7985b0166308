package dev.sluice.text;

/**
 * Shows characters that come from the wire to people: what would begin a new line, move the cursor of a terminal, turn
 * its reading direction or not be seen at all stands as an escape.
 */
public final class Visible {

    private Visible() {}

    /** Whether a character may stand as it is. */
    public static boolean is(int codePoint) {
        if (codePoint >= ' ' && codePoint < 0x7F) {
            return true;
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** Appends a character as it is, or else as Java and JSON escape it. */
    public static void append(StringBuilder text, int codePoint) {
        if (is(codePoint)) {
            text.appendCodePoint(codePoint);
            return;
        }
        switch (codePoint) {
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> Character.toString(codePoint).chars().forEach(unit -> text.append("\\u%04x".formatted(unit)));
        }
    }

    /** The text with nothing in it that is not visible; the same one if there was nothing. */
    public static String text(String text) {
        int first = firstInvisible(text);
        if (first == text.length()) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length() + 32).append(text, 0, first);
        text.codePoints().skip(text.codePointCount(0, first)).forEach(c -> append(visible, c));
        return visible.toString();
    }

    private static int firstInvisible(String text) {
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            if (!is(c)) {
                break;
            }
            i += Character.charCount(c);
        }
        return i;
    }
}
