package dev.sluice.sink.jdbc;

import dev.sluice.message.Envelope;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What of a message a statement can name, after a colon and in lower case. */
enum Parameter {
    ID(Envelope::id),
    LISTENER(message -> message.origin().listener()),
    CONNECTION(message -> message.origin().connection()),
    SEQUENCE(Envelope::sequence),
    REMOTE_ADDRESS(message -> message.origin().remoteAddress()),
    REMOTE_PORT(message -> message.origin().remote().getPort()),
    RECEIVED_AT(message -> Instant.ofEpochMilli(message.receivedAt()).atOffset(ZoneOffset.UTC)),
    PAYLOAD(Envelope::getPayload),
    TEXT(message -> new String(message.getPayload(), message.charset()));

    private final Function<Envelope, Object> value;

    Parameter(Function<Envelope, Object> value) {
        this.value = value;
    }

    Object of(Envelope message) {
        return value.apply(message);
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Parameter> named(String name) {
        return Stream.of(values())
                .filter(parameter -> parameter.text().equals(name))
                .findFirst();
    }

    /** All of them as an operator writes them. */
    static String names() {
        return Stream.of(values()).map(parameter -> ":" + parameter.text()).collect(Collectors.joining(" "));
    }
}
