package dev.sluice.device;

import dev.sluice.device.CommandsProperties.Answer;
import dev.sluice.pattern.Match;
import dev.sluice.pattern.NumberField;
import dev.sluice.pattern.Pattern;
import java.nio.charset.Charset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells the answers to commands from all else that a device says. Immutable, and safe for many threads. */
final class AnswerPattern {

    static final String NUMBER = "number";
    private static final String IDENTITY = "identity";

    private final Shape confirming;
    private final @Nullable Shape rejecting;
    private final @Nullable NumberField number;
    private final boolean forward;

    /** A pattern, and where in it the fields are that count; -1 for one that is not there. */
    private record Shape(Pattern pattern, int number, int identity) {

        static Shape of(Pattern pattern) {
            return new Shape(
                    pattern, pattern.names().indexOf(NUMBER), pattern.names().indexOf(IDENTITY));
        }
    }

    /**
     * An answer.
     *
     * @param number of the command; -1 if the answer does not say
     * @param identity of the device; null if the answer does not say
     * @param rejected whether the device has not done it
     */
    record Read(long number, @Nullable String identity, boolean rejected) {}

    /**
     * @param number that commands have; null if they have none
     * @throws IllegalArgumentException if a pattern is none, which a check would have told
     */
    AnswerPattern(Answer answer, Charset charset, @Nullable NumberField number) {
        this.confirming = Shape.of(
                Objects.requireNonNull(Objects.requireNonNull(answer.match()).pattern(charset)));
        Pattern rejected = answer.rejected() == null ? null : answer.rejected().pattern(charset);
        this.rejecting = rejected == null ? null : Shape.of(rejected);
        this.number = number;
        this.forward = answer.forward();
    }

    /** Returns whether an answer says which command it belongs to. */
    boolean isNumbered() {
        return confirming.number >= 0 && number != null;
    }

    /** Returns whether an answer says which device it is of. */
    boolean isIdentified() {
        return confirming.identity >= 0;
    }

    /** Returns whether an answer goes its way all the same, by rules and to sinks. */
    boolean forwards() {
        return forward;
    }

    /** Returns what an answer says; null for a message that is none. */
    @Nullable
    Read read(byte[] message) {
        Read refusal = rejecting == null ? null : read(rejecting, message, true);
        return refusal != null ? refusal : read(confirming, message, false);
    }

    private @Nullable Read read(Shape shape, byte[] message, boolean rejected) {
        Match match = shape.pattern.match(message);
        if (match == null) {
            return null;
        }
        long said = -1;
        if (shape.number >= 0 && number != null) {
            said = number.read(match, shape.number);
            if (said < 0) {
                return null;
            }
        }
        return new Read(said, shape.identity < 0 ? null : match.text(shape.identity), rejected);
    }
}
