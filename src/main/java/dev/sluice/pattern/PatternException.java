package dev.sluice.pattern;

/** A text is no pattern: says what is wrong, at which character, and what would be right. */
public final class PatternException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final int offset;

    PatternException(int offset, String problem) {
        super(problem);
        this.offset = offset;
    }

    /** The index of the character where it is wrong, from 0; messages count from 1. */
    public int offset() {
        return offset;
    }

    /** One whose message names the place. */
    static PatternException at(int offset, String problem) {
        return new PatternException(offset, problem + " at character " + (offset + 1));
    }

    /**
     * One whose message names the place.
     *
     * @param cure a sentence that says what would be right, without its full stop
     */
    static PatternException at(int offset, String problem, String cure) {
        return new PatternException(offset, problem + " at character " + (offset + 1) + ". " + cure);
    }
}
