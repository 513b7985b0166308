package dev.sluice.sink.mqtt;

import com.hivemq.client.mqtt.exceptions.MqttEncodeException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import dev.sluice.memory.Halt;
import dev.sluice.sink.Failure;
import dev.sluice.text.Causes;
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

    /**
     * What a broker has refused or ended.
     *
     * @param code as the specification calls it, in capitals
     */
    private record Refusal(String what, Enum<?> code) {

        boolean isOneOf(Set<String> codes) {
            return codes.contains(code.name());
        }

        @Override
        public String toString() {
            return what + ": " + code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private MqttFailures() {}

    /**
     * Of a message. Poison is what the broker says of this very message: its topic, its payload, its size. Rights and
     * quotas are of the operator's making, so it is worth while to try again.
     */
    static Failure failure(String broker, Throwable thrown) {
        boolean poison = isTooLarge(thrown)
                || refusal(thrown).filter(refusal -> refusal.isOneOf(POISON)).isPresent();
        return poison ? Failure.poison(broker + ": " + reason(thrown)) : ofConnection(broker, thrown);
    }

    /** The connection failed that all messages need. Whatever the broker says, no message is to blame for that. */
    static Failure ofConnection(String broker, Throwable thrown) {
        String reason = broker + ": " + reason(thrown);
        return isUnauthorized(thrown) ? Failure.unauthorized(reason) : Failure.passing(reason);
    }

    private static boolean isUnauthorized(Throwable thrown) {
        return refusal(thrown).filter(refusal -> refusal.isOneOf(UNAUTHORIZED)).isPresent();
    }

    private static String reason(Throwable thrown) {
        Halt.onOutOfMemory(thrown);
        return isTooLarge(thrown)
                ? "takes no message as large as this"
                : refusal(thrown)
                        .map(Refusal::toString)
                        .orElseGet(() -> Causes.line(Causes.of(thrown).getLast()));
    }

    private static boolean isTooLarge(Throwable thrown) {
        return Causes.has(thrown, MqttEncodeException.class);
    }

    private static Optional<Refusal> refusal(Throwable thrown) {
        return Causes.of(thrown).stream()
                .map(MqttFailures::told)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** What an exception tells itself, whatever has caused it. */
    private static Optional<Refusal> told(Throwable thrown) {
        return switch (thrown) {
            case Mqtt5ConnAckException ex ->
                Optional.of(new Refusal(
                        "refuses the connection", ex.getMqttMessage().getReasonCode()));
            case Mqtt5PubAckException ex ->
                Optional.of(
                        new Refusal("refuses the message", ex.getMqttMessage().getReasonCode()));
            case Mqtt5PubRecException ex ->
                Optional.of(
                        new Refusal("refuses the message", ex.getMqttMessage().getReasonCode()));
            case Mqtt5DisconnectException ex ->
                Optional.of(new Refusal(
                        "has ended the connection", ex.getMqttMessage().getReasonCode()));
            default -> Optional.empty();
        };
    }
}
