package dev.sluice.device;

import dev.sluice.check.Check;
import dev.sluice.command.Confirm;
import dev.sluice.command.Mode;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.Pattern;
import dev.sluice.protocol.CommandTemplate;
import dev.sluice.protocol.RuleProperties.Shape;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How the devices of a listener are sent commands, which wait for a device that is away.
 *
 * @param hex a template of bytes, with {@code {payload}} in it: what a command looks like on its way; as it was
 *     submitted if absent
 * @param text the same as text
 * @param confirm when a command is done: once it is written, or once the device has answered it
 * @param answer for {@code answer}: what the device says then
 * @param mode whether a command is sent again that is not confirmed
 * @param attempts how often one is sent at the most, if it may be sent again
 * @param ttl how long a command waits that does not say so itself
 * @param maxTtl how long one may ask to wait
 * @param maxPending how many commands may wait for one device
 * @param maxSize of what is submitted
 * @param outcomes names of sinks that what became of each command goes to
 */
public record CommandsProperties(
        @Nullable String hex,
        @Nullable String text,
        @DefaultValue("written") Confirm confirm,
        @NestedConfigurationProperty @Nullable Answer answer,
        @DefaultValue("at-least-once") Mode mode,
        @DefaultValue("3") int attempts,
        @DefaultValue("1h") Duration ttl,
        @DefaultValue("24h") Duration maxTtl,
        @DefaultValue("50") int maxPending,
        @DefaultValue("16KB") DataSize maxSize,
        @DefaultValue List<String> outcomes) {

    private static final int MOST_ATTEMPTS = 100;
    private static final int MOST_PENDING = 10_000;
    private static final DataSize LARGEST = DataSize.ofMegabytes(1);
    private static final Duration LONGEST_TTL = Duration.ofDays(30);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);
    private static final Duration SHORTEST = Duration.ofMillis(100);
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /**
     * What a device says to a command.
     *
     * @param match what confirms it, with {@code {number}} in it where the command carries one
     * @param rejected what says that the device did not do it
     * @param timeout how long an answer is waited for
     * @param forward whether the answer goes its way all the same, by rules and to sinks
     */
    public record Answer(
            @NestedConfigurationProperty @Nullable Shape match,
            @NestedConfigurationProperty @Nullable Shape rejected,
            @DefaultValue("10s") Duration timeout,
            @DefaultValue("true") boolean forward) {

        private void check(Check check) {
            check.that(
                    timeout.compareTo(SHORTEST) >= 0 && timeout.compareTo(LONGEST_TIMEOUT) <= 0,
                    "timeout",
                    "must be from 100ms to 1h");
            if (match == null) {
                check.report("match", "is missing. Say what confirms a command, such as 'answer.match.text: \"OK\"'");
            }
        }
    }

    /**
     * Says what is wrong with it.
     *
     * @param identified whether anybody can say who he is
     * @param charset of text
     * @param frames that commands are; null if they are framed otherwise
     * @param framesKnown whether what is said of frames could be read
     */
    public void check(Check check, boolean identified, Charset charset, @Nullable Frames frames, boolean framesKnown) {
        check.that(
                identified,
                "",
                "no device could be sent any: nobody says who he is. Give a rule an 'identify', or write"
                        + " 'identity.from'");
        checkNumbers(check);
        check.that(hex == null || text == null, "text", "is there beside 'hex'. Remove one of them");
        if (confirm == Confirm.ANSWER) {
            if (answer == null) {
                check.report(
                        "answer",
                        "is missing: 'confirm: answer' needs it. Say what confirms a command, such as"
                                + " 'answer.match.text: \"OK\"'");
            }
        } else {
            check.that(
                    answer == null || !check.saysItself("answer"),
                    "answer",
                    "means nothing beside 'confirm: written'. Write 'confirm: answer', or remove it");
        }
        if (answer != null) {
            answer.check(check.at("answer"));
        }
        if (framesKnown && (hex == null || text == null)) {
            checkForm(check, charset, frames);
        }
    }

    private void checkNumbers(Check check) {
        check.that(attempts >= 1 && attempts <= MOST_ATTEMPTS, "attempts", "must be from 1 to " + MOST_ATTEMPTS);
        check.that(maxPending >= 1 && maxPending <= MOST_PENDING, "max-pending", "must be from 1 to " + MOST_PENDING);
        check.that(maxSize.toBytes() >= 1 && maxSize.compareTo(LARGEST) <= 0, "max-size", "must be from 1B to 1MB");
        check.that(
                maxTtl.compareTo(SHORTEST) >= 0 && maxTtl.compareTo(LONGEST_TTL) <= 0,
                "max-ttl",
                "must be from 100ms to 30d");
        check.that(
                ttl.compareTo(SHORTEST) >= 0 && ttl.compareTo(maxTtl) <= 0,
                "ttl",
                "must be from 100ms to 'max-ttl', which is "
                        + maxTtl.toString().substring(2).toLowerCase(Locale.ROOT));
    }

    /** Whether template and patterns can be read, and have the number in common. */
    private void checkForm(Check check, Charset charset, @Nullable Frames frames) {
        String key = hex != null ? "hex" : "text";
        boolean[] numbered = {false};
        boolean written = hex == null && text == null
                || check.parsed(
                        key,
                        () -> numbered[0] = Objects.requireNonNull(template(charset, frames))
                                        .number()
                                != null);
        if (answer == null || !written) {
            return;
        }
        Pattern match = checkShape(check.at("answer"), "match", answer.match(), charset);
        Pattern rejected = checkShape(check.at("answer"), "rejected", answer.rejected(), charset);
        if (match == null) {
            return;
        }
        boolean captured = match.names().contains(AnswerPattern.NUMBER);
        if (captured) {
            check.that(
                    numbered[0],
                    "answer.match",
                    "has {number}, and the command carries none. Write it into 'commands." + key + "', too");
        }
        if (rejected != null) {
            check.that(
                    captured == rejected.names().contains(AnswerPattern.NUMBER),
                    "answer.rejected",
                    "and 'answer.match' must both have {number}, or neither");
        }
    }

    private static @Nullable Pattern checkShape(Check check, String key, @Nullable Shape shape, Charset charset) {
        if (shape == null) {
            return null;
        }
        long said = Stream.of(shape.hex(), shape.text(), shape.regex())
                .filter(Objects::nonNull)
                .count();
        if (!check.that(said == 1, key, "needs exactly one of 'hex', 'text' and 'regex'")) {
            return null;
        }
        String way = shape.hex() != null ? ".hex" : shape.text() != null ? ".text" : ".regex";
        List<Pattern> parsed = new ArrayList<>();
        check.parsed(key + way, () -> parsed.add(Objects.requireNonNull(shape.pattern(charset))));
        return parsed.isEmpty() ? null : parsed.getFirst();
    }

    /**
     * Returns what a command looks like on its way; null if it goes as it was submitted.
     *
     * @param frames that commands are; null if they are framed otherwise
     * @throws IllegalArgumentException if it is no template
     */
    @Nullable
    CommandTemplate template(Charset charset, @Nullable Frames frames) {
        return hex != null
                ? CommandTemplate.hex(hex, frames)
                : text == null ? null : CommandTemplate.text(text, charset, frames);
    }
}
