package dev.sluice.sink.mqtt;

import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrec.Mqtt5PubRecReasonCode;
import dev.sluice.memory.Halt;
import dev.sluice.sink.Confirmation.Failure;
import java.util.Locale;

/** What the client's exceptions mean to an operator, in one line. */
final class Refusal {

    private Refusal() {}

    /**
     * Of a message. Poison is what the broker says of this very message: its topic, its payload, its size. Rights and quotas
     * are of the operator's making, so it is worth while to try again.
     */
    static Failure failure(String broker, Throwable thrown) {
        String reason = broker + ": " + reason(thrown);
        boolean poison = switch (thrown) {
            case MqttEncodeException _ -> true;
            case Mqtt5PubAckException ex -> {
                Mqtt5PubAckReasonCode code = ex.getMqttMessage().getReasonCode();
                yield code == Mqtt5PubAckReasonCode.TOPIC_NAME_INVALID
                        || code == Mqtt5PubAckReasonCode.PAYLOAD_FORMAT_INVALID;
            }
            case Mqtt5PubRecException ex -> {
                Mqtt5PubRecReasonCode code = ex.getMqttMessage().getReasonCode();
                yield code == Mqtt5PubRecReasonCode.TOPIC_NAME_INVALID
                        || code == Mqtt5PubRecReasonCode.PAYLOAD_FORMAT_INVALID;
            }
            default -> false;
        };
        return new Failure(reason, poison);
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
