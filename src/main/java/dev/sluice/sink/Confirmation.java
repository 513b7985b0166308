package dev.sluice.sink;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What became of the messages that a sink was given, by their index in the list. What did not fail was confirmed. */
public final class Confirmation {

    /** All were confirmed. */
    public static final Confirmation ALL = new Confirmation(Map.of());

    private final Map<Integer, Failure> failures;

    /**
     * Why a message was not confirmed.
     *
     * @param reason in a few words, for the operator and the peer
     * @param poison whether the destination will never take it, so that there is no use in trying again
     * @param held whether there is nothing wrong with it but that one before it in its stream failed: no attempt of its own
     */
    public record Failure(String reason, boolean poison, boolean held) {

        /** Clients quote urls and settings: the reason is kept, logged, shown and answered, so it is without credentials. */
        public Failure {
            reason = Credentials.hidden(reason);
        }

        public Failure(String reason, boolean poison) {
            this(reason, poison, false);
        }

        /** Of a message that waits for one before it. */
        public static Failure held(String reason) {
            return new Failure(reason, false, true);
        }

        /** Of a kind that may pass. */
        public static Failure passing(String reason) {
            return new Failure(reason, false);
        }

        /** Of the message itself. */
        public static Failure poison(String reason) {
            return new Failure(reason, true);
        }
    }

    private Confirmation(Map<Integer, Failure> failures) {
        this.failures = failures;
    }

    /**
     * @param failures by index in the list that was sent
     */
    public static Confirmation allBut(Map<Integer, Failure> failures) {
        return failures.isEmpty() ? ALL : new Confirmation(new TreeMap<>(failures));
    }

    /** None of so many messages was confirmed. */
    public static Confirmation none(int messages, Failure failure) {
        Map<Integer, Failure> failures = new TreeMap<>();
        for (int i = 0; i < messages; i++) {
            failures.put(i, failure);
        }
        return new Confirmation(failures);
    }

    /** Whether all were confirmed. */
    public boolean complete() {
        return failures.isEmpty();
    }

    /** How many were not confirmed. */
    public int failures() {
        return failures.size();
    }

    /** Why the message at this index was not confirmed; null if it was. */
    public @Nullable Failure failure(int index) {
        return failures.get(index);
    }
}
