package dev.sluice.protocol;

import dev.sluice.pattern.Pattern;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is done with the messages that look like this. The first rule that fits a message is the one.
 *
 * @param name tag of the meter, and {@code {rule}} in templates; its number if absent
 * @param match what such a message looks like; everything if absent
 * @param fields more fields by name, found by path: {@code hl7:PID-3.1}, {@code json:/host}
 * @param identify a template: who this connection is from now on
 * @param reply in place of the listener's
 * @param forward whether it goes to the sinks; if not it is only answered
 * @param close whether the connection is closed after the answer
 * @param sinks names of those that it goes to, in place of the listener's
 */
public record RuleProperties(
        @Nullable String name,
        @Nullable Shape match,
        @DefaultValue Map<String, String> fields,
        @Nullable String identify,
        @Nullable Reply reply,
        @DefaultValue("true") boolean forward,
        @DefaultValue("false") boolean close,
        @Nullable List<String> sinks) {

    /** Returns whether the peer gets anything for a message by this rule. */
    public boolean answers() {
        return reply != null && reply.type() != Reply.Type.NONE;
    }

    /**
     * What a message looks like, in one of three ways.
     *
     * @param hex bytes in hex, text in quotes, fields in braces
     * @param text text, fields in braces
     * @param regex an expression of RE2/J, which has to fit the whole message; its named groups are fields
     */
    public record Shape(
            @Nullable String hex,
            @Nullable String text,
            @Nullable String regex) {

        /**
         * Returns the pattern; null if nothing is said.
         *
         * @param charset of text
         * @throws dev.sluice.pattern.PatternException if it is none
         */
        public @Nullable Pattern pattern(Charset charset) {
            if (hex != null) {
                return Pattern.hex(hex);
            }
            return text != null ? Pattern.text(text, charset) : regex != null ? Pattern.regex(regex, charset) : null;
        }
    }

    /**
     * What the peer gets for it.
     *
     * @param type {@code none}: nothing, beside a listener that answers
     * @param hex a template: bytes in hex, text in quotes, fields in braces
     * @param text a template: text, fields in braces
     * @param bean the name of a bean that a service activator can invoke
     * @param onFailure a template of text, sent instead when the message could not be accepted or delivered
     * @param onFailureHex the same in hex
     * @param framed whether the answer is framed as the listener's are; where it has {@code frames}, none is
     */
    public record Reply(
            @Nullable Type type,
            @Nullable String hex,
            @Nullable String text,
            @Nullable String bean,
            @Nullable String onFailure,
            @Nullable String onFailureHex,
            @DefaultValue("true") boolean framed) {

        /** Of the reply; said by what else there is but for {@code none}. */
        public enum Type {
            /** Nothing. */
            NONE,
            /** The message itself. */
            ECHO,
            /** What {@code hex} says. */
            HEX,
            /** What {@code text} says. */
            TEXT,
            /** What a bean returns. */
            BEAN
        }
    }
}
