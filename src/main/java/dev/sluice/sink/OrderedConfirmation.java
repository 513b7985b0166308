package dev.sluice.sink;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what became of each message, in the order of the list, for a sink whose messages are on their way together. What
 * stands behind a failure that may pass fails in its turn, even if it arrived, so that it comes again after the one before it
 * in its stream. A poisonous message holds up nothing, since it never comes again.
 */
public final class OrderedConfirmation {

    private final Map<Integer, Failure> failures = new HashMap<>();
    private final Map<String, Failure> heldStreams = new HashMap<>();
    private int index;

    /**
     * Adds the next message of the list.
     *
     * @param failure null if it was confirmed
     */
    public void add(Envelope message, @Nullable Failure failure) {
        String stream = message.origin().lane();
        Failure held = heldStreams.get(stream);
        if (failure == null) {
            if (held != null) {
                failures.put(index, held);
            }
        } else {
            failures.put(index, failure);
            if (held == null && !failure.poison()) {
                heldStreams.put(
                        stream,
                        failure.held()
                                ? failure
                                : Failure.held("one before it in its stream failed: " + failure.reason()));
            }
        }
        index++;
    }

    /** Whether one before this message in its stream failed, so that there is no use in sending it now. */
    public boolean holds(Envelope message) {
        return heldStreams.containsKey(message.origin().lane());
    }

    public Confirmation<Failure> confirmation() {
        return Confirmation.allBut(failures);
    }
}
