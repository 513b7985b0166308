package dev.sluice.delivery.spool;

/**
 * How much of something there is.
 *
 * @param messages how many
 * @param bytes of their content
 */
public record Amount(long messages, long bytes) {

    /** Nothing. */
    public static final Amount NONE = new Amount(0, 0);

    /** The same and more. */
    public Amount plus(long more, long moreBytes) {
        return new Amount(messages + more, bytes + moreBytes);
    }
}
