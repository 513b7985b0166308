package dev.sluice.handler;

import dev.sluice.message.Envelope;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.message.Template;
import dev.sluice.pattern.Frames;
import dev.sluice.protocol.PlainTemplate;
import dev.sluice.protocol.Rules;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.IdentityProperties.Twice;
import dev.sluice.transport.Traffic;
import java.nio.charset.Charset;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;

/** Makes the handler that a listener's owner has chosen. */
public final class Handlers {

    static final Handler NONE = message -> null;
    static final Handler ECHO = ReceivedMessage::getPayload;

    private Handlers() {}

    /**
     * @param charset of templates
     * @param frames that replies are; null if they are framed otherwise
     * @param beans makes the handler that asks a bean
     * @param backEnds makes the handler that asks a back-end
     * @throws IllegalArgumentException if the properties lack what their type needs, or the bean does not fit
     */
    public static Handler handler(
            ReplyProperties properties,
            Charset charset,
            @Nullable Frames frames,
            Function<String, Handler> beans,
            Function<ReplyProperties, Handler> backEnds) {
        return switch (properties.type()) {
            case NONE -> NONE;
            case ECHO -> ECHO;
            case TEXT -> Template.parse(required(properties.text(), "text"), charset)::render;
            case HEX -> {
                PlainTemplate answer = PlainTemplate.hex(required(properties.hex(), "hex"), frames);
                yield message -> answer.render(message, "");
            }
            case BEAN -> beans.apply(required(properties.bean(), "bean"));
            case KAFKA -> backEnds.apply(properties);
        };
    }

    /**
     * Has the rules asked first.
     *
     * @param identity who devices are
     * @param frames that answers are; null if they are framed otherwise
     * @param own of the listener, for what no rule answers
     */
    public static Handler handler(
            Rules rules,
            IdentityProperties identity,
            @Nullable Frames frames,
            Handler own,
            Traffic traffic,
            Function<String, Handler> beans) {
        return rules.all().isEmpty()
                        && !identity.required()
                        && identity.twice() != Twice.REPLACE
                        && !(own instanceof BeanHandler)
                ? own
                : new RuleHandler(rules, identity, frames, own, traffic, beans);
    }

    /**
     * Returns what makes the handler that asks a bean, by the bean's name.
     *
     * @param charset of the text that a bean returns
     * @param identity who devices are
     * @param frames that answers are; null if they are framed otherwise
     */
    public static Function<String, Handler> beans(
            BeanFactory beans, Charset charset, IdentityProperties identity, @Nullable Frames frames) {
        Admission admission = new Admission(identity, frames);
        return name -> new BeanHandler(name, beans, charset, admission);
    }

    /** Returns what is answered in place of a reply; null if the listener does not say. */
    public static @Nullable FailureAnswer onFailure(
            ReplyProperties properties, Charset charset, @Nullable Frames frames) {
        if (properties.onFailureHex() != null) {
            return PlainTemplate.hex(properties.onFailureHex(), frames)::render;
        }
        return properties.onFailure() == null ? null : Template.parse(properties.onFailure(), charset)::render;
    }

    /** What a peer gets in place of a reply. */
    public interface FailureAnswer {

        /**
         * @param reason why the message was not accepted
         * @throws dev.sluice.pattern.UnwritableException if it cannot be written with what this message has
         */
        byte[] render(Envelope message, String reason);
    }

    private static String required(@Nullable String value, String key) {
        if (value == null) {
            throw new IllegalArgumentException("reply." + key + ": type '" + key + "' needs it");
        }
        return value;
    }
}
