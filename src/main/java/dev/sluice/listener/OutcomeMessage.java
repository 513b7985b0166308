package dev.sluice.listener;

import dev.sluice.command.CommandState;
import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.text.KebabCase;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * What became of a command, as a message of the listener that took it. It says nothing of what the command contained.
 *
 * @param getPayload a JSON object, of ASCII so that it is text in the listener's charset
 * @param told what it says, as fields
 * @param sinks that it goes to
 */
record OutcomeMessage(Origin origin, long receivedAt, byte[] getPayload, Map<String, String> told, List<String> sinks)
        implements Envelope {

    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** Tells what became of a command that is over. */
    static OutcomeMessage of(CommandState command, List<String> sinks, Charset charset) {
        Instant ended = Objects.requireNonNull(command.endedAt());
        String outcome = kebab(Objects.requireNonNull(command.outcome()));
        // The id of a command may be used again once it is forgotten, so that it does not tell outcomes apart.
        String stream = command.id() + "-" + Long.toString(ended.toEpochMilli(), Character.MAX_RADIX);
        return new OutcomeMessage(
                Origin.ofOutcome(command.listener(), stream, command.device().identity()),
                ended.toEpochMilli(),
                json(command, outcome, ended).getBytes(charset),
                Map.of(
                        "command", command.id(),
                        "outcome", outcome,
                        "realm", command.device().realm(),
                        "attempts", Integer.toString(command.attempts())),
                sinks);
    }

    private static String json(CommandState command, String outcome, Instant ended) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("id", command.id());
            json.writeStringProperty("identity", command.device().identity());
            json.writeStringProperty("realm", command.device().realm());
            json.writeStringProperty("listener", command.listener());
            json.writeStringProperty("outcome", outcome);
            json.writeStringProperty("mode", kebab(command.mode()));
            json.writeNumberProperty("attempts", command.attempts());
            json.writeStringProperty("submittedAt", command.submittedAt().toString());
            json.writeStringProperty("expiresAt", command.expiresAt().toString());
            json.writeStringProperty("endedAt", ended.toString());
            json.writeEndObject();
        }
        return text.toString();
    }

    private static String kebab(Enum<?> one) {
        return KebabCase.of(one.name());
    }

    /** There is one message in its stream. */
    @Override
    public long sequence() {
        return 1;
    }
}
