package dev.sluice.protocol;

import dev.sluice.message.AddressText;
import dev.sluice.message.Envelope;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a template of a rule can name beside the fields of the rule. */
enum Builtin {
    LISTENER("listener"),
    CONNECTION("connection"),
    SEQUENCE("sequence"),
    ID("id"),
    REMOTE_ADDRESS("remote-address"),
    REMOTE_PORT("remote-port"),
    RECEIVED_AT("received-at"),
    DATE("date"),
    UNIX_TIME("unix-time"),
    PAYLOAD("payload"),
    PAYLOAD_HEX("payload:hex"),
    PAYLOAD_BASE64("payload:base64"),
    IDENTITY("identity"),
    RULE("rule"),
    REASON("reason");

    private final String text;

    Builtin(String text) {
        this.text = text;
    }

    static Optional<Builtin> named(String name) {
        return Stream.of(values()).filter(builtin -> builtin.text.equals(name)).findFirst();
    }

    /** As an operator writes it between braces. */
    String text() {
        return text;
    }

    /**
     * @param reason why the message was not accepted
     * @return null if the message has none
     */
    @Nullable
    String of(Envelope message, String reason) {
        return switch (this) {
            case LISTENER -> message.origin().listener();
            case CONNECTION -> message.origin().connection();
            case SEQUENCE -> Long.toString(message.sequence());
            case ID -> message.id();
            case REMOTE_ADDRESS -> AddressText.of(message.origin().remote().getAddress());
            case REMOTE_PORT -> Integer.toString(message.origin().remote().getPort());
            case RECEIVED_AT -> Instant.ofEpochMilli(message.receivedAt()).toString();
            case DATE ->
                Instant.ofEpochMilli(message.receivedAt())
                        .atOffset(ZoneOffset.UTC)
                        .toLocalDate()
                        .toString();
            case UNIX_TIME -> Long.toString(Math.floorDiv(message.receivedAt(), 1000L));
            case PAYLOAD -> new String(message.getPayload(), message.charset());
            case PAYLOAD_HEX -> HexFormat.of().formatHex(message.getPayload());
            case PAYLOAD_BASE64 ->
                new String(Base64.getEncoder().encode(message.getPayload()), StandardCharsets.US_ASCII);
            case IDENTITY -> message.origin().identity();
            case RULE -> message.fields().rule();
            case REASON -> reason;
        };
    }

    /** The bytes that came, for what has any. */
    byte @Nullable [] bytes(Envelope message) {
        return this == PAYLOAD ? message.getPayload() : null;
    }
}
