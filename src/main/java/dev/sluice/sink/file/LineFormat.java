package dev.sluice.sink.file;

import dev.sluice.message.Envelope;
import dev.sluice.sink.CloudEventAttributes;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** How a message stands in a file. */
@FunctionalInterface
interface LineFormat {

    LineFormat RAW = (messages, out) -> {
        for (Envelope message : messages) {
            out.write(message.getPayload());
            out.write('\n');
        }
    };

    LineFormat JSON = LineFormat::json;

    /** Writes messages, each with the end of its line. */
    void write(List<? extends Envelope> messages, OutputStream out) throws IOException;

    static LineFormat of(FileSinkProperties.Format format) {
        return switch (format) {
            case RAW -> RAW;
            case JSON -> JSON;
        };
    }

    private static void json(List<? extends Envelope> messages, OutputStream out) throws IOException {
        try (JsonGenerator json = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
            for (Envelope message : messages) {
                json(message, json);
            }
        }
        out.write('\n');
    }

    private static void json(Envelope message, JsonGenerator json) {
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
        json.writeEndObject();
    }

    /** Apart, so that nobody loads it who does not need it. */
    final class Json {

        private static final JsonFactory FACTORY = JsonFactory.builder()
                .rootValueSeparator("\n")
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
                .build();

        private Json() {}
    }
}
