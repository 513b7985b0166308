package dev.sluice.sink;

import java.time.Duration;
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
     * @param reason in a few words, for the operator: it may name hosts and settings, so no peer is told it
     * @param kind what follows from it
     * @param pause for how long the destination asks to be left alone; zero if it does not ask
     */
    public record Failure(String reason, Kind kind, Duration pause) {

        /** What follows from a failure. */
        public enum Kind {
            /** The message may be taken later. */
            PASSING,
            /** As above, once an operator has renewed the credentials or the rights that the destination refuses. */
            UNAUTHORIZED,
            /** The destination will never take the message, so that there is no use in trying again. */
            POISON,
            /**
             * Nothing is wrong with the message: one before it in its stream failed, or it was not sent at all. This is no
             * attempt of its own.
             */
            HELD
        }

        /** Clients quote urls and settings: the reason is kept, logged and shown, so it is without credentials. */
        public Failure {
            reason = Credentials.hidden(reason);
        }

        public Failure(String reason, boolean poison) {
            this(reason, poison ? Kind.POISON : Kind.PASSING, Duration.ZERO);
        }

        /** Of a message that waits for one before it, or was not sent at all. */
        public static Failure held(String reason) {
            return new Failure(reason, Kind.HELD, Duration.ZERO);
        }

        /** Of a kind that may pass. */
        public static Failure passing(String reason) {
            return new Failure(reason, Kind.PASSING, Duration.ZERO);
        }

        /** Of credentials or rights that the destination refuses, whatever the message. */
        public static Failure unauthorized(String reason) {
            return new Failure(reason, Kind.UNAUTHORIZED, Duration.ZERO);
        }

        /** Of the message itself. */
        public static Failure poison(String reason) {
            return new Failure(reason, Kind.POISON, Duration.ZERO);
        }

        /** The same, where the destination asks to be left alone for a while. */
        public Failure pausing(Duration asked) {
            return new Failure(reason, kind, asked);
        }

        /** Whether the destination will never take the message. */
        public boolean poison() {
            return kind == Kind.POISON;
        }

        /** Whether this is no attempt of the message's own. */
        public boolean held() {
            return kind == Kind.HELD;
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

    /** How many were not confirmed because the destination refuses our credentials or rights. */
    public int unauthorized() {
        int count = 0;
        for (Failure failure : failures.values()) {
            count += failure.kind() == Failure.Kind.UNAUTHORIZED ? 1 : 0;
        }
        return count;
    }

    /** For how long the destination asks to be left alone: the longest of the pauses; zero if it does not ask. */
    public Duration pause() {
        Duration longest = Duration.ZERO;
        for (Failure failure : failures.values()) {
            longest = failure.pause().compareTo(longest) > 0 ? failure.pause() : longest;
        }
        return longest;
    }

    /** Why the message at this index was not confirmed; null if it was. */
    public @Nullable Failure failure(int index) {
        return failures.get(index);
    }
}
