package dev.sluice.delivery.spool;

/**
 * What tells a dead letter from all others of its listener, as long as it exists.
 *
 * @param position the message's
 */
public record LetterKey(String sink, long position) {

    private static final char SEPARATOR = ':';

    public static LetterKey of(DeadLetter letter) {
        return new LetterKey(letter.sink(), letter.position());
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static LetterKey parse(String text) {
        int separator = text.lastIndexOf(SEPARATOR);
        try {
            if (separator > 0) {
                return new LetterKey(text.substring(0, separator), Long.parseLong(text.substring(separator + 1)));
            }
        } catch (NumberFormatException ex) {
            throw new IllegalArgumentException("'" + text + "' is no dead letter", ex);
        }
        throw new IllegalArgumentException("'" + text + "' is no dead letter");
    }

    @Override
    public String toString() {
        return sink + SEPARATOR + position;
    }
}
