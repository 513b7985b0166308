package dev.sluice.sink.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.message.Template;
import org.apache.kafka.common.errors.InvalidTopicException;

/** Makes names of topics. What Kafka allows in none becomes an underscore where a value brings it. */
public final class RecordTopic {

    private static final int LONGEST = 249;

    private final Template template;

    /**
     * @throws IllegalArgumentException if it is no template
     */
    public RecordTopic(String text) {
        template = Template.parse(text, UTF_8, _ -> true);
    }

    /**
     * @throws InvalidTopicException if this message can have none. The client is not asked: it tells the broker of a
     *     topic whatever its name is, and a thread of its own fails if that is too long
     * @throws UnknownFieldException if it can have none before a rule is mended
     */
    public String of(Envelope message) {
        String name = new String(template.render(message, RecordTopic::allowed), UTF_8);
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new InvalidTopicException("its topic would be '" + name + "'");
        }
        if (name.length() > LONGEST) {
            throw new InvalidTopicException("its topic would be longer than " + LONGEST + " characters");
        }
        return name;
    }

    private static byte[] allowed(byte[] value) {
        byte[] allowed = value.clone();
        for (int i = 0; i < allowed.length; i++) {
            if (!isAllowed(allowed[i])) {
                allowed[i] = '_';
            }
        }
        return allowed;
    }

    private static boolean isAllowed(byte b) {
        return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '.' || b == '_' || b == '-';
    }
}
