package dev.sluice.sink.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.sink.JsonEvent;
import dev.sluice.sink.http.HttpBatchProperties.Format;
import dev.sluice.sink.http.HttpBatchProperties.Item;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** How messages stand in the body of one request. */
final class BatchBody {

    private final boolean lines;
    private final boolean payloads;
    private final @Nullable BeforeLine before;

    /**
     * @throws IllegalArgumentException if the line before each cannot be
     */
    BatchBody(HttpBatchProperties properties) {
        lines = properties.format() == Format.NDJSON;
        payloads = properties.item() == Item.PAYLOAD && properties.format() != Format.CLOUDEVENTS;
        before = properties.before() == null ? null : new BeforeLine(properties.before(), _ -> true);
    }

    static String contentType(Format format) {
        return switch (format) {
            case NDJSON -> "application/x-ndjson";
            case JSON_ARRAY -> "application/json";
            case CLOUDEVENTS -> "application/cloudevents-batch+json";
        };
    }

    /**
     * Returns a message as it stands in a body, with what parts it from the next.
     *
     * @throws IllegalArgumentException if it cannot stand there, saying why
     */
    byte[] item(Envelope message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(message.getPayload().length + 256);
        if (before != null) {
            out.writeBytes(before.of(message));
            out.write('\n');
        }
        if (payloads) {
            out.writeBytes(payload(message));
        } else {
            try (JsonGenerator json = JsonEvent.generator(out)) {
                JsonEvent.write(message, json);
            }
        }
        out.write(lines ? '\n' : ',');
        return out.toByteArray();
    }

    private byte[] payload(Envelope message) {
        String text = message.text();
        if (text == null) {
            throw unfit("it is not text in " + message.charset());
        }
        try {
            JsonValue.require(text);
        } catch (IllegalArgumentException ex) {
            throw unfit(String.valueOf(ex.getMessage()));
        }
        if (lines && text.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("the payload has a line feed, and is to be one line of ndjson");
        }
        return message.charset().equals(UTF_8) ? message.getPayload() : text.getBytes(UTF_8);
    }

    private static IllegalArgumentException unfit(String why) {
        return new IllegalArgumentException("the payload is not one JSON value: " + why);
    }

    /** Returns the body with these items. */
    byte[] of(List<byte[]> items) {
        int size = items.stream().mapToInt(item -> item.length).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream(size + 1);
        if (lines) {
            items.forEach(out::writeBytes);
            return out.toByteArray();
        }
        out.write('[');
        items.forEach(out::writeBytes);
        byte[] body = out.toByteArray();
        body[body.length - 1] = ']'; // In place of the last comma.
        return body;
    }
}
