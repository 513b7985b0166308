package dev.sluice.sink.amqp;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.ChannelProxy;
import org.springframework.amqp.rabbit.core.RabbitOperations;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * Messages that go out by one channel, in their order. One thread publishes them and waits for the broker's answers,
 * until it is done or interrupted; another looks at how far it has come.
 */
final class Transmission {

    /** More than any timeout can be. */
    private static final Duration FOR_EVER = Duration.ofDays(1);
    /**
     * For the return of a message that the broker has refused without a reason, and for the reason that it closed a
     * channel.
     */
    private static final Duration RETURN = Duration.ofMillis(500);

    private final Collection<Publication> publications;
    private volatile @Nullable Channel channel;
    private volatile boolean written;

    Transmission(Collection<Publication> publications) {
        this.publications = publications;
    }

    /**
     * Publishes, and returns when the broker has answered to all, or the thread was interrupted, which its flag tells
     * then.
     *
     * @throws AmqpException if not all could be published
     */
    void run(RabbitTemplate template) {
        template.invoke(operations -> {
            // All go by this one. It knows why it is closed before its confirms do.
            channel = operations.execute(Transmission::target);
            publish(operations);
            written = true;
            awaitAnswers();
            return true;
        });
    }

    private static Channel target(Channel channel) {
        return channel instanceof ChannelProxy proxy ? proxy.getTargetChannel() : channel;
    }

    private void publish(RabbitOperations operations) {
        List<Publication> sent = new ArrayList<>();
        try {
            for (Publication publication : publications) {
                if (publication.malformed() == null) {
                    publication.send(operations);
                    sent.add(publication);
                }
            }
        } catch (AmqpException ex) {
            // The broker has closed the channel over one of those before, which is told so a moment later.
            awaitConfirms(sent, RETURN);
            throw ex;
        }
    }

    private void awaitAnswers() {
        // This waits as long as the caller does.
        awaitConfirms(publications, FOR_EVER);
        // RabbitMQ returns a message before it confirms it, Qpid after it has refused it.
        await(publications, RETURN, Publication::awaitReturn);
    }

    private static void awaitConfirms(Collection<Publication> publications, Duration most) {
        await(publications, most, Publication::awaitConfirm);
    }

    private interface Wait {
        void await(Publication publication, long untilNanos) throws InterruptedException;
    }

    private static void await(Collection<Publication> publications, Duration most, Wait wait) {
        long until = System.nanoTime() + most.toNanos();
        try {
            for (Publication publication : publications) {
                wait.await(publication, until);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether all have been written, so that only the broker's answers can be missing. */
    boolean isWritten() {
        return written;
    }

    /** Returns why the broker has closed the channel; null if it has not. */
    @Nullable
    String closeReason() {
        Channel used = channel;
        ShutdownSignalException reason = used == null ? null : used.getCloseReason();
        return reason == null ? null : reason.getMessage();
    }
}
