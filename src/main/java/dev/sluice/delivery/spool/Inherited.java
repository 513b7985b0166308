package dev.sluice.delivery.spool;

import java.util.Map;

/**
 * What an earlier run has left.
 *
 * @param messages how many different ones that took a route to any sink that is named now
 * @param shares of each sink
 */
public record Inherited(long messages, Map<String, Share> shares) {

    /** Returns what is left for a sink. */
    public Share of(String sink) {
        return shares.getOrDefault(sink, Share.NONE);
    }

    /**
     * What an earlier run has left of messages that were to go to a sink, whether the sink had them or not.
     *
     * @param routed how many different ones
     * @param waiting of them, in the queue
     * @param held of them, behind one that the sink refuses
     * @param deadLetters of them
     */
    public record Share(long routed, long waiting, long held, long deadLetters) {

        private static final Share NONE = new Share(0, 0, 0, 0);
    }
}
