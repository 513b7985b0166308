package dev.sluice.listener.configuration;

import dev.sluice.handler.ReplyProperties;
import dev.sluice.handler.ReplyProperties.Type;
import dev.sluice.message.Template;
import dev.sluice.transport.tcp.TcpProperties;
import java.nio.charset.Charset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Replies, greetings, and whether the listener's charset can write them. */
final class TextRules {

    private final Declared<ListenerProperties> listener;
    private final Charset charset;

    TextRules(Declared<ListenerProperties> listener) {
        this.listener = listener;
        this.charset = listener.properties().charset();
    }

    void check() {
        if (!charset.canEncode()) {
            listener.report(
                    "charset", "'" + charset + "' can only be read, not written. Choose another, such as UTF-8");
            return;
        }
        TcpProperties tcp = listener.properties().tcp();
        if (tcp != null) {
            checkEncoding("tcp.greeting", tcp.greeting());
        }
        ReplyProperties reply = listener.properties().reply();
        if (!listener.isExplained("reply.type")) {
            checkOwner("reply.text", reply.text(), Type.TEXT, reply.type());
            checkOwner("reply.bean", reply.bean(), Type.BEAN, reply.type());
        }
        checkTemplate("reply.text", reply.text());
        checkTemplate("reply.on-failure", reply.onFailure());
    }

    private void checkOwner(String key, @Nullable String value, Type owner, Type type) {
        String name = owner.name().toLowerCase(Locale.ROOT);
        if (type == owner && (value == null || value.isEmpty())) {
            listener.reportMissing(key, "is missing: type '" + name + "' needs it");
        } else if (type != owner && listener.saysItself(key)) {
            listener.report(
                    key,
                    "is only for type '" + name + "', and the type is '"
                            + type.name().toLowerCase(Locale.ROOT) + "'");
        }
    }

    private void checkTemplate(String key, @Nullable String text) {
        if (text == null) {
            return;
        }
        try {
            Template.parse(text, charset);
        } catch (IllegalArgumentException ex) {
            listener.report(key, describe(ex));
        }
        checkEncoding(key, text);
    }

    /** What is wrong with a template, and which placeholder was most probably meant. */
    static String describe(IllegalArgumentException problem) {
        String message = String.valueOf(problem.getMessage());
        if (problem instanceof Template.UnknownPlaceholderException unknown) {
            return Nearest.to(unknown.name(), Template.Placeholder.names())
                    .map(near -> "placeholder {" + unknown.name() + "} does not exist. Did you mean {" + near + "}?")
                    .orElse(message);
        }
        return message;
    }

    private void checkEncoding(String key, @Nullable String text) {
        if (text == null || listener.isExplained("charset")) {
            return;
        }
        int unwritable = text.codePoints()
                .filter(point -> !charset.newEncoder().canEncode(Character.toString(point)))
                .findFirst()
                .orElse(-1);
        if (unwritable >= 0) {
            listener.report(
                    key,
                    "'" + Character.toString(unwritable) + "' cannot be written in " + charset
                            + ". Choose another 'charset', such as UTF-8");
        }
    }
}
