package dev.sluice.sink.jdbc;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.message.UnknownNameException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SqlTypeValue;

/**
 * What of a message a statement can name, after a colon and in lower case. A hyphen would end a name in SQL, so an
 * underscore stands for one in the name of a field.
 *
 * @param value null if the message has none
 * @param type of the value, by its number in JDBC
 */
record Parameter(Function<Envelope, @Nullable Object> value, int type) {

    private static final Map<String, Parameter> OF_EVERY_MESSAGE = ofEveryMessage();

    private static Map<String, Parameter> ofEveryMessage() {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        parameters.put("id", sure(Envelope::id));
        parameters.put("listener", sure(message -> message.origin().listener()));
        parameters.put("connection", sure(message -> message.origin().connection()));
        parameters.put("sequence", sure(Envelope::sequence));
        parameters.put("remote_address", sure(message -> message.origin().remoteAddress()));
        parameters.put("remote_port", sure(message -> message.origin().remote().getPort()));
        parameters.put(
                "received_at",
                sure(message -> Instant.ofEpochMilli(message.receivedAt()).atOffset(ZoneOffset.UTC)));
        parameters.put("payload", sure(Envelope::getPayload));
        parameters.put("text", sure(message -> new String(message.getPayload(), message.charset())));
        parameters.put("identity", text(message -> message.origin().identity()));
        parameters.put("rule", text(message -> {
            String rule = message.fields().rule();
            return rule.isEmpty() ? null : rule;
        }));
        return parameters;
    }

    private static Parameter sure(Function<Envelope, Object> value) {
        return new Parameter(value::apply, SqlTypeValue.TYPE_UNKNOWN);
    }

    private static Parameter text(Function<Envelope, @Nullable String> value) {
        return new Parameter(value::apply, Types.VARCHAR);
    }

    /**
     * @param fields whether messages may have a field of such a name
     * @throws UnknownNameException if there is nothing of that name
     */
    static Parameter named(String name, Predicate<String> fields) {
        Parameter known = OF_EVERY_MESSAGE.get(name);
        if (known != null) {
            return known;
        }
        if (!fields.test(name) && !fields.test(hyphenated(name))) {
            throw new UnknownNameException(
                    "parameter", x -> ":" + x.replace('-', '_'), name, List.copyOf(OF_EVERY_MESSAGE.keySet()));
        }
        return text(message -> field(message.fields(), name));
    }

    private static @Nullable String field(Fields fields, String name) {
        String hyphenated = hyphenated(name);
        if (fields.names().contains(hyphenated)) {
            return fields.text(hyphenated);
        }
        try {
            return fields.text(name);
        } catch (UnknownFieldException ex) {
            if (hyphenated.equals(name)) {
                throw ex;
            }
            return fields.text(hyphenated);
        }
    }

    private static String hyphenated(String name) {
        return name.replace('_', '-');
    }

    /** Those of every message, as an operator writes them. */
    static String names() {
        return OF_EVERY_MESSAGE.keySet().stream().map(name -> ":" + name).collect(Collectors.joining(" "));
    }

    @Nullable
    Object of(Envelope message) {
        return value.apply(message);
    }
}
