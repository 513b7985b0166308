package dev.sluice.trace;

import dev.sluice.message.ReceivedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses which of the messages that one thread takes have a trace, and ends what they began. A message that is not
 * chosen costs a decrement. Belongs to that thread.
 */
public final class FrameTraces {

    private final Traces traces;
    private final double probability;
    /** How many messages go by until one is chosen, that one among them. */
    private long left;

    private final List<MessageTrace> open = new ArrayList<>();

    FrameTraces(Traces traces, double probability) {
        this.traces = traces;
        this.probability = probability;
        this.left = gap(probability);
    }

    /**
     * The distance from one chosen message to the next, if each is chosen by itself: so a connection of few messages
     * has its share, and one that repeats itself is not always caught at the same.
     */
    private static long gap(double probability) {
        if (probability >= 1) {
            return 1;
        }
        if (probability <= 0) {
            return Long.MAX_VALUE;
        }
        // From above 0 to 1.
        double chance = 1 - ThreadLocalRandom.current().nextDouble();
        return 1 + (long) (Math.log(chance) / Math.log1p(-probability));
    }

    /** A message is about to be handed on. */
    public void take(ReceivedMessage message) {
        if (--left == 0) {
            left = gap(probability);
            MessageTrace trace = traces.receive(message);
            message.traced(trace);
            open.add(trace);
        }
    }

    /** All that were taken are answered, or never will be. */
    public void answered() {
        if (!open.isEmpty()) {
            open.forEach(trace -> trace.span().end());
            open.clear();
        }
    }
}
