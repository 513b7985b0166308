package dev.sluice.sink.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttTopic;
import dev.sluice.message.Envelope;
import dev.sluice.message.Template;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/**
 * Makes topic names. A value may bring levels ({@code /}), but what MQTT allows in no name, or a broker may cut the
 * connection for, becomes an underscore: wildcards, control characters, noncharacters, and a {@code $} in front, which
 * brokers keep for themselves.
 */
final class TopicTemplate {

    private static final int MOST_BYTES = 65_535;

    private final Template template;
    private final boolean reserved;

    /**
     * @param fields whether messages may have a field of such a name
     * @throws IllegalArgumentException if no message could have such a topic
     */
    TopicTemplate(String text, Predicate<String> fields) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("must not be empty");
        }
        if (text.codePoints().anyMatch(TopicTemplate::forbidden)) {
            throw new IllegalArgumentException("must not contain +, # or control characters");
        }
        this.template = Template.parse(text, StandardCharsets.UTF_8, fields);
        this.reserved = text.startsWith("$");
    }

    /**
     * @throws IllegalArgumentException if this message can have none
     */
    MqttTopic render(Envelope message) {
        byte[] rendered = template.render(message);
        if (rendered.length == 0) {
            throw new IllegalArgumentException("its topic would be empty");
        }
        StringBuilder name = new StringBuilder(rendered.length);
        new String(rendered, StandardCharsets.UTF_8)
                .codePoints()
                .forEach(c -> name.appendCodePoint(forbidden(c) ? '_' : c));
        if (!reserved && name.charAt(0) == '$') {
            name.setCharAt(0, '_');
        }
        String topic = name.toString();
        int length = topic.getBytes(StandardCharsets.UTF_8).length;
        if (length > MOST_BYTES) {
            throw new IllegalArgumentException("its topic would be longer than " + MOST_BYTES + " bytes");
        }
        return MqttTopic.of(topic);
    }

    private static boolean forbidden(int c) {
        return c == '+'
                || c == '#'
                || Character.isISOControl(c)
                || (c & 0xFFFE) == 0xFFFE
                || c >= 0xFDD0 && c <= 0xFDEF;
    }
}
