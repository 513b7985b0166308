package dev.sluice.sink;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what became of each message of a list, for a sink whose messages are on their way together. What stands
 * behind a failure that may pass fails in its turn, even if it arrived, so that it comes again after the one before it
 * in its stream. A poisonous message holds up nothing, since it never comes again.
 *
 * <p>Used by one thread at a time. Messages are known by their index in the list.
 */
public final class OrderedConfirmation {

    private final List<? extends Envelope> messages;
    private final BitSet settled = new BitSet();
    private final Map<Integer, Failure> failures = new TreeMap<>();
    /** The first message of each stream that failed and may come again. */
    private final Map<String, Integer> holders = new HashMap<>();

    public OrderedConfirmation(List<? extends Envelope> messages) {
        this.messages = messages;
    }

    /**
     * Notes what became of a message.
     *
     * @param failure null if it was confirmed
     */
    public void settle(int index, @Nullable Failure failure) {
        settled.set(index);
        if (failure != null) {
            failures.put(index, failure);
            if (!failure.poison()) {
                holders.merge(stream(index), index, Math::min);
            }
        }
    }

    /** Returns whether nothing became of the message yet, and none before it in its stream failed. */
    public boolean isDue(int index) {
        return !settled.get(index) && holder(index) == null;
    }

    /** Returns all that are due. */
    public List<Integer> due() {
        return IntStream.range(0, messages.size()).filter(this::isDue).boxed().toList();
    }

    /**
     * @throws IllegalStateException if nothing became of a message that is due
     */
    public Confirmation<Failure> confirmation() {
        Map<Integer, Failure> all = new TreeMap<>(failures);
        for (int i = 0; i < messages.size(); i++) {
            if (isDue(i)) {
                throw new IllegalStateException("nothing became of message " + i);
            }
            Integer holder = holder(i);
            if (holder != null) {
                all.putIfAbsent(i, behind(Objects.requireNonNull(failures.get(holder))));
            }
        }
        return Confirmation.allBut(all);
    }

    private static Failure behind(Failure failure) {
        return failure.held() ? failure : Failure.held("one before it in its stream failed: " + failure.reason());
    }

    /** The one before this in its stream that failed. */
    private @Nullable Integer holder(int index) {
        Integer holder = holders.isEmpty() ? null : holders.get(stream(index));
        return holder != null && holder < index ? holder : null;
    }

    private String stream(int index) {
        return messages.get(index).origin().lane();
    }
}
