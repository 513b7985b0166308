package dev.sluice.sink.amqp;

import com.rabbitmq.client.PossibleAuthenticationFailureException;
import dev.sluice.memory.Halt;
import dev.sluice.sink.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What brokers and the client say of a failure, in one line, and what follows from it. */
final class AmqpFailures {

    private static final Pattern REPLY_TEXT = Pattern.compile("reply-text=(.*), class-id=");
    /** As RabbitMQ and Qpid say that credentials or rights do not do. */
    private static final Pattern UNAUTHORIZED =
            Pattern.compile("ACCESS_REFUSED|NOT_ALLOWED|access.refused|permission.denied", Pattern.CASE_INSENSITIVE);

    private AmqpFailures() {}

    /** Of all that were to be sent. */
    static Failure of(String broker, Throwable thrown) {
        String text = broker + ": " + rootText(thrown);
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof PossibleAuthenticationFailureException) {
                return Failure.unauthorized(text);
            }
        }
        return passing(text);
    }

    /** For a reason of the broker's. */
    static Failure passing(String text) {
        return UNAUTHORIZED.matcher(text).find() ? Failure.unauthorized(text) : Failure.passing(text);
    }

    /** What the broker says of why it has closed a channel. */
    static String text(String closed) {
        Matcher reply = REPLY_TEXT.matcher(closed);
        return reply.find() ? reply.group(1) : closed.lines().findFirst().orElse("");
    }

    private static String rootText(Throwable failed) {
        Halt.onOutOfMemory(failed);
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null || message.isBlank()
                ? root.getClass().getSimpleName()
                : message.lines().findFirst().orElseThrow();
    }
}
