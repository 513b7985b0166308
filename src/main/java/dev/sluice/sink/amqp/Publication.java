package dev.sluice.sink.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Trace;
import dev.sluice.sink.CloudEventAttributes;
import dev.sluice.sink.Failure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Future.State;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.connection.CorrelationData.Confirm;
import org.springframework.amqp.rabbit.core.RabbitOperations;

/**
 * One message on its way to the broker, and the broker's answer to it.
 *
 * <p>A message that no queue takes comes back: from RabbitMQ before it is confirmed, from Qpid after it has been
 * refused.
 *
 * <p>CloudEvents attributes are headers by the names of the AMQP protocol binding, which allows {@code cloudEvents:id}
 * and recommends {@code cloudEvents_id}, as here, since JMS can neither read nor select the former. They are text: an
 * AMQP 0-9-1 timestamp has no milliseconds.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/amqp-protocol-binding.md">CloudEvents
 *     AMQP protocol binding</a>
 */
record Publication(
        String id,
        String exchange,
        String routingKey,
        Message message,
        CorrelationData correlation,
        CompletableFuture<ReturnedMessage> returned) {

    /** Of a short string, as AMQP 0-9-1 has it for names. */
    private static final int MAX_NAME_BYTES = 255;

    /**
     * What the client says if a channel is used again when it is closed and the broker's reason for that has not come
     * in yet.
     */
    private static final String NO_REASON = "Channel closed by application";

    private static final int NO_ROUTE = 312;
    /** As RabbitMQ and Qpid say it. */
    private static final Pattern TOO_LARGE =
            Pattern.compile("message size (?:of )?(\\d+) (?:is larger|greater) than", Pattern.CASE_INSENSITIVE);

    static Publication of(Envelope envelope, String exchange, String routingKey) {
        MessageProperties properties = new MessageProperties();
        properties.setDeliveryMode(MessageDeliveryMode.PERSISTENT);
        properties.setMessageId(envelope.id());
        CloudEventAttributes.of(envelope).forEach((name, value) -> properties.setHeader("cloudEvents_" + name, value));
        if (envelope.traceparent() != null) {
            properties.setHeader(Trace.HEADER, envelope.traceparent());
        }
        return new Publication(
                envelope.id(),
                exchange,
                routingKey,
                new Message(envelope.getPayload(), properties),
                new CorrelationData(envelope.id()),
                new CompletableFuture<>());
    }

    /** Why it cannot be expressed in the protocol. */
    @Nullable
    Failure malformed() {
        if (exchange.getBytes(UTF_8).length > MAX_NAME_BYTES) {
            return Failure.poison("the name of the exchange is longer than " + MAX_NAME_BYTES + " bytes");
        }
        if (routingKey.getBytes(UTF_8).length > MAX_NAME_BYTES) {
            return Failure.poison("the routing key is longer than " + MAX_NAME_BYTES + " bytes");
        }
        return null;
    }

    void send(RabbitOperations operations) {
        operations.send(exchange, routingKey, message, correlation);
    }

    /** Waits for the broker's word; its failure is one, too. */
    void awaitConfirm(long untilNanos) throws InterruptedException {
        if (malformed() == null) {
            await(correlation.getFuture(), untilNanos);
        }
    }

    /** Waits for what may tell why it was refused. It does not come of a queue that is full, for example. */
    void awaitReturn(long untilNanos) throws InterruptedException {
        if (malformed() == null && isRefusedWithoutReason(correlation.getFuture())) {
            await(returned, untilNanos);
        }
    }

    private static void await(Future<?> answer, long untilNanos) throws InterruptedException {
        try {
            answer.get(Math.max(untilNanos - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException _) {
            // Whoever asks later sees which.
        }
    }

    private static boolean isRefusedWithoutReason(Future<Confirm> confirm) {
        return confirm.state() == State.SUCCESS
                && !confirm.resultNow().ack()
                && isBlank(confirm.resultNow().reason());
    }

    /** Whether it is known what became of it. */
    boolean isAnswered() {
        return malformed() != null || correlation.getFuture().isDone();
    }

    /**
     * Why the broker did not take it, or could not; null if it did. To be asked when it {@link #isAnswered}.
     *
     * @param closed why the broker has closed the channel; null if it has not
     */
    @Nullable
    Failure failure(@Nullable String closed) {
        Failure malformed = malformed();
        if (malformed != null) {
            return malformed;
        }
        CompletableFuture<Confirm> confirm = correlation.getFuture();
        if (confirm.state() != State.SUCCESS) {
            return Failure.passing(String.valueOf(confirm.exceptionNow().getMessage()));
        }
        ReturnedMessage back = returned.getNow(correlation.getReturned());
        if (back != null) {
            return unroutable(back);
        }
        String reason = confirm.resultNow().reason();
        return confirm.resultNow().ack() ? null : refusal(NO_REASON.equals(reason) && closed != null ? closed : reason);
    }

    private Failure unroutable(ReturnedMessage back) {
        if (back.getReplyCode() != NO_ROUTE) {
            return Failure.passing("returned by the broker: " + back.getReplyText());
        }
        return Failure.passing(
                exchange.isEmpty()
                        ? "there is no queue '" + routingKey + "'"
                        : "no queue is bound to exchange '" + exchange + "' with routing key '" + routingKey + "'");
    }

    /** For a reason of the broker's. */
    Failure refusal(@Nullable String reason) {
        if (reason == null || isBlank(reason)) {
            return Failure.passing("the broker refused it, as a queue that is full does");
        }
        String text = AmqpFailures.text(reason);
        // The broker closes the channel, and with it all that was on its way.
        return isTooLarge(text) ? Failure.poison(text) : AmqpFailures.passing(text);
    }

    /**
     * Whether the broker has closed the channel over this very message, going by its size or by the exchange that is
     * named.
     *
     * @param closed why it has
     */
    boolean isBlamed(String closed) {
        String text = AmqpFailures.text(closed);
        return malformed() == null && (isTooLarge(text) || !exchange.isEmpty() && text.contains("'" + exchange + "'"));
    }

    /** Whether it was on its way, with no word of the broker's on it, when the channel was closed. */
    boolean isBrokenOff() {
        if (malformed() != null || returned.isDone()) {
            return false;
        }
        CompletableFuture<Confirm> confirm = correlation.getFuture();
        return confirm.state() != State.SUCCESS
                || !confirm.resultNow().ack() && !isBlank(confirm.resultNow().reason());
    }

    private boolean isTooLarge(String text) {
        Matcher tooLarge = TOO_LARGE.matcher(text);
        return tooLarge.find() && tooLarge.group(1).equals(Integer.toString(message.getBody().length));
    }

    private static boolean isBlank(@Nullable String reason) {
        return reason == null || reason.isBlank();
    }
}
