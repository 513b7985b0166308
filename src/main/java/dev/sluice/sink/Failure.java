package dev.sluice.sink;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Fields.UnknownFieldException;
import java.time.Duration;

/**
 * Why a sink did not confirm a message.
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
        /** The destination refuses credentials or rights. It may take the message once an operator has renewed them. */
        UNAUTHORIZED,
        /** The destination will never take the message, so that there is no use in trying again. */
        POISON,
        /**
         * Nothing is wrong with the message: one before it in its stream failed, or it was not sent at all. This is no
         * attempt of its own.
         */
        HELD
    }

    /**
     * Clients quote urls and settings: the reason is kept, logged and shown, so it is without credentials. It is never
     * empty, since that stands for no failure.
     */
    public Failure {
        reason = reason.isBlank() ? "no reason given" : Credentials.hidden(reason);
    }

    /** A message waits for one before it, or was not sent at all. */
    public static Failure held(String reason) {
        return new Failure(reason, Kind.HELD, Duration.ZERO);
    }

    /** The failure may pass. */
    public static Failure passing(String reason) {
        return new Failure(reason, Kind.PASSING, Duration.ZERO);
    }

    /** The destination refuses the credentials or the rights, whatever the message. */
    public static Failure unauthorized(String reason) {
        return new Failure(reason, Kind.UNAUTHORIZED, Duration.ZERO);
    }

    /** The message itself is at fault. */
    public static Failure poison(String reason) {
        return new Failure(reason, Kind.POISON, Duration.ZERO);
    }

    /** Returns the longest of the pauses that a destination asks for; zero if it asks for none. */
    public static Duration longestPause(Confirmation<Failure> confirmation) {
        return confirmation.failures().values().stream()
                .map(Failure::pause)
                .reduce(Duration.ZERO, (one, other) -> one.compareTo(other) < 0 ? other : one);
    }

    /** What an operator wrote makes nothing of this message: for ever, but where a rule can be mended. */
    public static Failure of(IllegalArgumentException problem) {
        String reason = String.valueOf(problem.getMessage());
        return problem instanceof UnknownFieldException ? passing(reason) : poison(reason);
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
