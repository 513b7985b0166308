package dev.sluice.sink.file;

import dev.sluice.message.Envelope;
import dev.sluice.sink.JsonEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;

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
        try (JsonGenerator json = JsonEvent.generator(out)) {
            for (Envelope message : messages) {
                JsonEvent.write(message, json);
            }
        }
        out.write('\n');
    }
}
