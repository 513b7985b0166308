package dev.sluice.handler;

import dev.sluice.message.ReceivedMessage;
import dev.sluice.message.Template;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;

/** Makes the handler that a listener's owner has chosen. */
public final class Handlers {

    private static final Handler NONE = message -> null;
    private static final Handler ECHO = ReceivedMessage::getPayload;

    private Handlers() {}

    /**
     * @param charset of templates, and of the text that a bean returns
     * @throws IllegalArgumentException if the properties lack what their type needs, or the bean does not fit
     */
    public static Handler handler(ReplyProperties properties, Charset charset, BeanFactory beans) {
        return switch (properties.type()) {
            case NONE -> NONE;
            case ECHO -> ECHO;
            case TEXT -> Template.parse(required(properties.text(), "text"), charset)::render;
            case BEAN -> new BeanHandler(required(properties.bean(), "bean"), beans, charset);
        };
    }

    private static String required(@Nullable String value, String key) {
        if (value == null) {
            throw new IllegalArgumentException("reply." + key + ": type '" + key + "' needs it");
        }
        return value;
    }
}
