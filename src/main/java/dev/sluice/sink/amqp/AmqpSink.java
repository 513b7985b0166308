package dev.sluice.sink.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.check.Check;
import dev.sluice.message.Envelope;
import dev.sluice.message.Template;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Confirmation.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Replacements;
import dev.sluice.sink.Sink;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.ChannelProxy;
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
 * longer than the timeout. It keeps the channel until all is confirmed: one given back sooner would wait for that in the
 * background, and be in the way when the sink is closed.
 */
public final class AmqpSink implements Sink {

    /** Lists on their way at once, each on a channel; a broker allows a connection some thousand channels. */
    private static final int CHANNELS = 32;

    /** More than any timeout can be. */
    private static final Duration FOR_EVER = Duration.ofDays(1);
    /** For the return of a message that the broker has refused without a reason, and for the reason that it closed a channel. */
    private static final Duration RETURN = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(AmqpSink.class);

    private final String name;
    private final Duration timeout;
    private final Template exchange;
    private final Template routingKey;
    private final ExecutorService callbacks;
    private final CachingConnectionFactory connections;
    private final RabbitTemplate template;
    private final String broker;
    private final Failure late;
    private final Replacements replacements;
    private final Map<String, Publication> underWay = new ConcurrentHashMap<>();
    private final Semaphore channels = new Semaphore(CHANNELS);
    private final ReentrantLock connecting = new ReentrantLock();

    /**
     * @throws IllegalArgumentException if a template or the timeout is wrong, or AMQP is not configured
     */
    public AmqpSink(String name, AmqpSinkProperties properties, BeanFactory beans) {
        this.name = name;
        replacements = new Replacements(name);
        properties.check(Check.of("sluice.sinks." + name + ".amqp"));
        timeout = properties.timeout();
        exchange = Template.parse(properties.exchange(), UTF_8);
        routingKey = Template.parse(properties.routingKey(), UTF_8);
        callbacks = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
                .name("sink-" + name + "-callback")
                // As of a channel that was given up, and finds its connection closed.
                .uncaughtExceptionHandler((_, ex) -> log.debug("sink '{}': a callback failed", name, ex))
                .factory());
        try {
            connections = AmqpConnections.of(name, timeout, CHANNELS, callbacks, beans);
        } catch (NoSuchBeanDefinitionException _) {
            throw new IllegalArgumentException(
                    "the program started without a sink of the kind 'amqp'; restart it to have the first one");
        }
        template = new RabbitTemplate(connections);
        template.setMandatory(true);
        template.setReturnsCallback(this::returned);
        broker = broker(beans.getBeanProvider(RabbitConnectionDetails.class));
        late = Failure.passing(broker + ": not confirmed within " + timeout.toMillis() + "ms");
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
            return Confirmation.none(messages.size(), late);
        }
        try {
            return send(messages, deadline);
        } finally {
            channels.release();
        }
    }

    private Confirmation send(List<? extends Envelope> messages, long deadline) throws InterruptedException {
        Map<Integer, Failure> failures = new HashMap<>();
        List<Integer> due = IntStream.range(0, messages.size()).boxed().toList();
        while (!due.isEmpty()) {
            due = send(messages, due, deadline, failures);
        }
        OrderedConfirmation confirmation = new OrderedConfirmation();
        for (int i = 0; i < messages.size(); i++) {
            confirmation.add(messages.get(i), failures.get(i));
        }
        return confirmation.confirmation();
    }

    /**
     * Sends by one channel.
     *
     * @param due which messages
     * @param failures takes those of messages that were not confirmed
     * @return which are to be sent by another channel, since the broker has closed this one over another message
     */
    private List<Integer> send(
            List<? extends Envelope> messages, List<Integer> due, long deadline, Map<Integer, Failure> failures)
            throws InterruptedException {
        List<Publication> publications = due.stream()
                .map(messages::get)
                .map(message -> Publication.of(message, text(exchange, message), text(routingKey, message)))
                .toList();
        publications.forEach(publication -> underWay.put(publication.id(), publication));
        AtomicBoolean written = new AtomicBoolean();
        AtomicReference<@Nullable Channel> channel = new AtomicReference<>();
        Failure failed;
        try {
            failed = publish(publications, channel, written, deadline);
        } finally {
            publications.forEach(publication -> underWay.remove(publication.id(), publication));
        }
        String closed = closeReason(channel.get());
        // The interruption of a write has broken it off.
        if (late.equals(failed) && written.get()) {
            replacements.tell("the connection to " + broker, "it confirmed nothing for " + timeout.toMillis() + "ms");
            breakOff();
        }
        return new ChannelEnd(closed, failed).settle(publications, due, messages, failures);
    }

    /** Why not all were answered; null if they were. */
    private @Nullable Failure publish(
            List<Publication> publications,
            AtomicReference<@Nullable Channel> channel,
            AtomicBoolean written,
            long deadline)
            throws InterruptedException {
        FutureTask<Boolean> publishing = new FutureTask<>(() -> publish(publications, channel, written));
        Thread.ofVirtual().name("sink-" + name).start(publishing);
        try {
            publishing.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            return null;
        } catch (TimeoutException _) {
            return late;
        } catch (ExecutionException ex) {
            return AmqpFailures.of(broker, ex);
        } finally {
            publishing.cancel(true);
        }
    }

    private Boolean publish(
            List<Publication> publications, AtomicReference<@Nullable Channel> channel, AtomicBoolean written)
            throws InterruptedException {
        // The wait for a connection that another thread makes could not be interrupted within the client.
        connecting.lockInterruptibly();
        try {
            connections.createConnection().close();
        } finally {
            connecting.unlock();
        }
        return Boolean.TRUE.equals(template.invoke(operations -> {
            // All go by this one. It knows why it is closed before its confirms do.
            channel.set(operations.execute(AmqpSink::target));
            int sent = 0;
            try {
                for (Publication publication : publications) {
                    send(publication);
                    sent++;
                }
            } catch (AmqpException ex) {
                // The broker has closed the channel over one of those before, which is told so a moment later.
                awaitRefusals(publications.subList(0, sent));
                throw ex;
            }
            written.set(true);
            return awaitAnswers(publications);
        }));
    }

    private static Channel target(Channel channel) {
        return channel instanceof ChannelProxy proxy ? proxy.getTargetChannel() : channel;
    }

    private static @Nullable String closeReason(@Nullable Channel channel) {
        ShutdownSignalException reason = channel == null ? null : channel.getCloseReason();
        return reason == null ? null : reason.getMessage();
    }

    private void send(Publication publication) {
        if (publication.malformed() == null) {
            template.send(
                    publication.exchange(), publication.routingKey(), publication.message(), publication.correlation());
        }
    }

    private static void awaitRefusals(List<Publication> sent) {
        try {
            long until = System.nanoTime() + RETURN.toNanos();
            for (Publication publication : sent) {
                publication.awaitConfirm(until);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if it was interrupted. */
    private static boolean awaitAnswers(List<Publication> publications) {
        try {
            // As long as the caller waits.
            long forEver = System.nanoTime() + FOR_EVER.toNanos();
            for (Publication publication : publications) {
                publication.awaitConfirm(forEver);
            }
            // RabbitMQ returns a message before it confirms it, Qpid after it has refused it.
            long until = System.nanoTime() + RETURN.toNanos();
            for (Publication publication : publications) {
                publication.awaitReturn(until);
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void returned(ReturnedMessage returned) {
        String id = returned.getMessage().getMessageProperties().getMessageId();
        Publication publication = id == null ? null : underWay.get(id);
        if (publication != null) {
            publication.returned().complete(returned);
        }
    }

    /** Gives up a connection that confirms nothing, with its channels, so that the next list has a new one. */
    private void breakOff() throws InterruptedException {
        Thread closing = Thread.ofVirtual().name("sink-" + name + "-close").start(connections::resetConnection);
        if (!closing.join(AmqpConnections.CLOSE.multipliedBy(2))) {
            closing.interrupt();
        }
    }

    private static String text(Template template, Envelope message) {
        return new String(template.render(message), UTF_8);
    }

    @Override
    public void close() {
        template.destroy();
        connections.destroy();
        callbacks.shutdownNow();
    }
}
