package dev.sluice.sink.mqtt;

import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import dev.sluice.memory.Halt;
import dev.sluice.sink.Failure;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the client's exceptions mean to an operator, in one line. */
final class MqttFailures {

    /** What a broker calls credentials and rights that it refuses, in whatever packet. */
    private static final Set<String> UNAUTHORIZED =
            Set.of("BAD_USER_NAME_OR_PASSWORD", "NOT_AUTHORIZED", "BAD_AUTHENTICATION_METHOD", "BANNED");
    /** And what it finds wrong with this very message. */
    private static final Set<String> POISON = Set.of("TOPIC_NAME_INVALID", "PAYLOAD_FORMAT_INVALID");

    private MqttFailures() {}

    /**
     * Of a message. Poison is what the broker says of this very message: its topic, its payload, its size. Rights and quotas
     * are of the operator's making, so it is worth while to try again.
     */
    static Failure failure(String broker, Throwable thrown) {
        String reason = broker + ": " + reason(thrown);
        if (thrown instanceof MqttEncodeException
                || codeOf(thrown).filter(POISON::contains).isPresent()) {
            return Failure.poison(reason);
        }
        return isUnauthorized(thrown) ? Failure.unauthorized(reason) : Failure.passing(reason);
    }

    /** Whether the broker refuses our credentials or rights. */
    static boolean isUnauthorized(Throwable thrown) {
        return codeOf(thrown).filter(UNAUTHORIZED::contains).isPresent();
    }

    private static Optional<String> codeOf(Throwable thrown) {
        return switch (thrown) {
            case Mqtt5ConnAckException ex ->
                Optional.of(ex.getMqttMessage().getReasonCode().name());
            case Mqtt5PubAckException ex ->
                Optional.of(ex.getMqttMessage().getReasonCode().name());
            case Mqtt5PubRecException ex ->
                Optional.of(ex.getMqttMessage().getReasonCode().name());
            case Mqtt5DisconnectException ex ->
                Optional.of(ex.getMqttMessage().getReasonCode().name());
            default -> thrown.getCause() == null ? Optional.empty() : codeOf(thrown.getCause());
        };
    }

    static String reason(Throwable thrown) {
        Halt.onOutOfMemory(thrown);
        return switch (thrown) {
            case Mqtt5ConnAckException ex ->
                "refuses the connection: " + code(ex.getMqttMessage().getReasonCode());
            case Mqtt5PubAckException ex ->
                "refuses the message: " + code(ex.getMqttMessage().getReasonCode());
            case Mqtt5PubRecException ex ->
                "refuses the message: " + code(ex.getMqttMessage().getReasonCode());
            case Mqtt5DisconnectException ex ->
                "has ended the connection: " + code(ex.getMqttMessage().getReasonCode());
            case MqttEncodeException _ -> "takes no message as large as this";
            default -> {
                Throwable cause = thrown.getCause();
                if (cause != null && cause != thrown) {
                    yield reason(cause);
                }
                String message = thrown.getMessage();
                yield message == null
                        ? thrown.getClass().getSimpleName()
                        : message.lines().findFirst().orElse("");
            }
        };
    }

    /** As the specification calls it. */
    private static String code(Enum<?> code) {
        return code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
