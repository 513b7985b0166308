package dev.sluice.sink.amqp;

import com.rabbitmq.client.PossibleAuthenticationFailureException;
import dev.sluice.memory.Halt;
import dev.sluice.sink.Failure;
import dev.sluice.text.Causes;
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
        Halt.onOutOfMemory(thrown);
        String text = broker + ": " + Causes.line(Causes.of(thrown).getLast());
        return Causes.has(thrown, PossibleAuthenticationFailureException.class)
                ? Failure.unauthorized(text)
                : passing(text);
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
}
