package dev.sluice.sink.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Template;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Confirmation.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkCheck;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;

/**
 * Publishes to an AMQP 0-9-1 exchange and waits for the broker's confirms. A list goes out on one channel, so in order; the
 * connection and its channels are kept open.
 *
 * <p>A broker that is out of memory or disk stops reading, and a write to it waits for ever. So each list is published by a
 * virtual thread of its own, whose interruption breaks the connection off; the caller waits for it, and for the confirms, no
 * longer than the timeout.
 */
public final class AmqpSink implements Sink {

    /** Lists on their way at once, each on a channel; a broker allows a connection some thousand channels. */
    private static final int CHANNELS = 32;

    private final String name;
    private final Duration timeout;
    private final Template exchange;
    private final Template routingKey;
    private final CachingConnectionFactory connections;
    private final RabbitTemplate template;
    private final String broker;
    private final Semaphore channels = new Semaphore(CHANNELS);
    private final ReentrantLock connecting = new ReentrantLock();

    /**
     * @throws IllegalArgumentException if a template or the timeout is wrong, or AMQP is not configured
     */
    public AmqpSink(String name, AmqpSinkProperties properties, BeanFactory beans) {
        this.name = name;
        properties.check(SinkCheck.of(name, "amqp"));
        timeout = properties.timeout();
        exchange = Template.parse(properties.exchange(), UTF_8);
        routingKey = Template.parse(properties.routingKey(), UTF_8);
        try {
            connections = AmqpConnections.of(name, timeout, CHANNELS, beans);
        } catch (NoSuchBeanDefinitionException _) {
            throw new IllegalArgumentException(
                    "the program started without a sink of the kind 'amqp'; restart it to have the first one");
        }
        template = new RabbitTemplate(connections);
        template.setMandatory(true);
        // The confirm of a message says whether it was returned; without a callback each is logged.
        template.setReturnsCallback(_ -> {});
        broker = broker(beans.getBeanProvider(RabbitConnectionDetails.class));
    }

    private static String broker(ObjectProvider<RabbitConnectionDetails> details) {
        return String.join(
                " or ",
                details.getObject().getAddresses().stream()
                        .map(address -> address.host() + ":" + address.port())
                        .toList());
    }

    @Override
    public Confirmation send(List<? extends Envelope> messages) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (!channels.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            return Confirmation.none(messages.size(), late());
        }
        try {
            return send(messages, deadline);
        } finally {
            channels.release();
        }
    }

    private Confirmation send(List<? extends Envelope> messages, long deadline) throws InterruptedException {
        List<Publication> publications = messages.stream()
                .map(message -> Publication.of(message, text(exchange, message), text(routingKey, message)))
                .toList();
        Failure unpublished = publish(publications, deadline);
        OrderedConfirmation confirmation = new OrderedConfirmation();
        boolean late = false;
        for (int i = 0; i < messages.size(); i++) {
            Publication publication = publications.get(i);
            Failure failure = publication.malformed();
            if (failure == null) {
                try {
                    // Of what an interruption left half done only answers that are there already are of interest.
                    failure = publication.await(unpublished == null ? deadline - System.nanoTime() : 0);
                } catch (TimeoutException _) {
                    late = true;
                    failure = unpublished == null ? late() : unpublished;
                }
            }
            confirmation.add(messages.get(i), failure);
        }
        if (late && unpublished == null) {
            breakOff();
        }
        return confirmation.confirmation();
    }

    /** Why not all were published; null if they were. */
    private @Nullable Failure publish(List<Publication> publications, long deadline) throws InterruptedException {
        FutureTask<Boolean> publishing = new FutureTask<>(() -> publish(publications));
        Thread.ofVirtual().name("sink-" + name).start(publishing);
        try {
            publishing.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            return null;
        } catch (TimeoutException _) {
            return late();
        } catch (ExecutionException ex) {
            return Failure.passing(broker + ": " + rootText(ex));
        } finally {
            publishing.cancel(true);
        }
    }

    private Boolean publish(List<Publication> publications) throws InterruptedException {
        // The wait for a connection that another thread makes could not be interrupted within the client.
        connecting.lockInterruptibly();
        try {
            connections.createConnection().close();
        } finally {
            connecting.unlock();
        }
        return Boolean.TRUE.equals(template.invoke(_ -> {
            for (Publication publication : publications) {
                if (publication.malformed() == null) {
                    template.send(
                            publication.exchange(),
                            publication.routingKey(),
                            publication.message(),
                            publication.correlation());
                }
            }
            return true;
        }));
    }

    /** Gives up a connection that confirms nothing, with its channels, so that the next list has a new one. */
    private void breakOff() throws InterruptedException {
        Thread closing = Thread.ofVirtual().name("sink-" + name + "-close").start(connections::resetConnection);
        if (!closing.join(AmqpConnections.CLOSE.multipliedBy(2))) {
            closing.interrupt();
        }
    }

    private Failure late() {
        return Failure.passing(broker + ": not confirmed within " + timeout.toMillis() + "ms");
    }

    private static String text(Template template, Envelope message) {
        return new String(template.render(message), UTF_8);
    }

    private static String rootText(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null || message.isBlank()
                ? root.getClass().getSimpleName()
                : message.lines().findFirst().orElseThrow();
    }

    @Override
    public void close() {
        template.destroy();
        connections.destroy();
    }
}
