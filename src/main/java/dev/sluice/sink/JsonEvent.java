package dev.sluice.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * A message as a JSON object: an event of CloudEvents 1.0 in its JSON format, with the payload as {@code data} if it is
 * text in its charset, else as {@code data_base64}. What its rules find in it follows as {@code rule} and
 * {@code fields}, if there is any.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">JSON Event
 * Format</a>
 */
public final class JsonEvent {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .rootValueSeparator("\n")
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();

    private JsonEvent() {}

    /** Returns what writes objects in UTF-8, with a line feed between two. It leaves the stream open. */
    public static JsonGenerator generator(OutputStream out) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8);
    }

    /** Writes one object. */
    public static void write(Envelope message, JsonGenerator json) {
        json.writeStartObject();
        for (Map.Entry<String, String> attribute :
                CloudEventAttributes.of(message).entrySet()) {
            json.writeStringProperty(attribute.getKey(), attribute.getValue());
        }
        String text = message.text();
        if (text == null) {
            json.writeName("data_base64");
            json.writeBinary(message.getPayload());
        } else {
            json.writeStringProperty("datacontenttype", "text/plain");
            json.writeStringProperty("data", text);
        }
        write(message.fields(), json);
        json.writeEndObject();
    }

    private static void write(Fields fields, JsonGenerator json) {
        if (!fields.rule().isEmpty()) {
            json.writeStringProperty("rule", fields.rule());
        }
        List<String> names = fields.names();
        if (!names.isEmpty()) {
            json.writeObjectPropertyStart("fields");
            for (String name : names) {
                json.writeStringProperty(name, encodable(Objects.requireNonNull(fields.text(name))));
            }
            json.writeEndObject();
        }
    }

    /** A field that was JSON itself can hold half a character, which fits no UTF-8. */
    private static String encodable(String value) {
        return value.chars().anyMatch(c -> Character.isSurrogate((char) c))
                ? new String(value.getBytes(UTF_8), UTF_8)
                : value;
    }
}
