package dev.sluice.transport;

import dev.sluice.check.Check;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is asked of devices that only answer. Each round sends all of it to a connection, one after the other: the next
 * when the one before has been answered, or its time is over.
 *
 * @param every how long after the beginning of a round the next one begins
 * @param timeout how long an answer is waited for
 * @param hex templates of bytes
 * @param text templates of text, sent behind those
 */
public record PollsProperties(
        @DefaultValue("5s") Duration every,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue List<String> hex,
        @DefaultValue List<String> text) {

    private static final Duration SHORTEST = Duration.ofMillis(100);

    /** Returns whether there is anything to ask. */
    public boolean any() {
        return !hex.isEmpty() || !text.isEmpty();
    }

    /** Says what is wrong with it, but for the templates. */
    public void check(Check check) {
        check.that(any() || !check.saysItself(""), "", "have neither 'hex' nor 'text'. Say what is to be sent");
        check.that(
                every.compareTo(SHORTEST) >= 0 && every.compareTo(Check.LONGEST) <= 0, "every", "must be from 100ms");
        check.that(
                timeout.compareTo(SHORTEST) >= 0 && timeout.compareTo(Check.LONGEST) <= 0,
                "timeout",
                "must be from 100ms");
    }
}
