package dev.sluice.sink.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.message.Template;
import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Replacements;
import dev.sluice.sink.Sink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.BeanFactory;

/**
 * Publishes to an AMQP 0-9-1 exchange and waits for the broker's confirms. A list goes out on one channel, so in order;
 * the connection and its channels are kept open.
 *
 * <p>A broker that is out of memory or disk stops reading, and a write to it waits for ever. So each list is published
 * by a virtual thread of its own, whose interruption breaks the connection off; the caller waits for it, and for the
 * confirms, no longer than the timeout. It keeps the channel until all is confirmed: one given back sooner would wait
 * for that in the background, and be in the way when the sink is closed.
 */
final class AmqpSink implements Sink {

    /** Lists on their way at once, each on a channel; a broker allows a connection some thousand channels. */
    private static final int CHANNELS = 32;

    private final String name;
    private final Duration timeout;
    private final Template exchange;
    private final Template routingKey;
    private final AmqpConnections connections;
    private final RabbitTemplate template;
    private final Failure late;
    private final Replacements replacements;
    private final Map<String, Publication> underWay = new ConcurrentHashMap<>();
    private final Semaphore channels = new Semaphore(CHANNELS);

    /**
     * @throws IllegalArgumentException if a template or the timeout is wrong, or AMQP is not configured
     */
    AmqpSink(String name, AmqpSinkProperties properties, BeanFactory beans) {
        this.name = name;
        replacements = new Replacements(name);
        timeout = properties.timeout();
        exchange = Template.parse(properties.exchange(), UTF_8, _ -> true);
        routingKey = Template.parse(properties.routingKey(), UTF_8, _ -> true);
        connections = new AmqpConnections(name, timeout, CHANNELS, beans);
        template = connections.newTemplate(this::returned);
        late = Failure.passing(connections + ": not confirmed within " + timeout.toMillis() + "ms");
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (!channels.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            return Confirmation.none(messages.size(), late);
        }
        try {
            OrderedConfirmation confirmation = new OrderedConfirmation(messages);
            // Each round has a channel of its own, since the broker closes one over a message.
            for (List<Integer> due = confirmation.due(); !due.isEmpty(); due = confirmation.due()) {
                SortedMap<Integer, Publication> publications = publications(messages, due, confirmation);
                if (!publications.isEmpty()) {
                    send(publications, deadline).settle(publications, confirmation);
                }
            }
            return confirmation.confirmation();
        } finally {
            channels.release();
        }
    }

    /** Settles those for which there is no name. */
    private SortedMap<Integer, Publication> publications(
            List<? extends Envelope> messages, List<Integer> due, OrderedConfirmation confirmation) {
        SortedMap<Integer, Publication> publications = new TreeMap<>();
        for (int index : due) {
            if (confirmation.isDue(index)) {
                try {
                    publications.put(index, publication(messages.get(index)));
                } catch (UnknownFieldException ex) {
                    confirmation.settle(index, Failure.of(ex));
                }
            }
        }
        return publications;
    }

    private Publication publication(Envelope message) {
        return Publication.of(message, text(exchange, message), text(routingKey, message));
    }

    private static String text(Template template, Envelope message) {
        return new String(template.render(message), UTF_8);
    }

    /** Sends by one channel. */
    private ChannelEnd send(SortedMap<Integer, Publication> publications, long deadline) throws InterruptedException {
        publications.values().forEach(publication -> underWay.put(publication.id(), publication));
        Transmission transmission = new Transmission(publications.values());
        Failure failed;
        try {
            failed = run(transmission, deadline);
        } finally {
            publications.values().forEach(publication -> underWay.remove(publication.id(), publication));
        }
        ChannelEnd end = new ChannelEnd(transmission.closeReason(), failed);
        // The interruption of a write has broken it off.
        if (late.equals(failed) && transmission.isWritten()) {
            replacements.tell(
                    "the connection to " + connections, "it confirmed nothing for " + timeout.toMillis() + "ms");
            connections.breakOff();
        }
        return end;
    }

    /** Returns why not all messages were answered; null if they were. */
    private @Nullable Failure run(Transmission transmission, long deadline) throws InterruptedException {
        FutureTask<Boolean> running = new FutureTask<>(() -> {
            connections.connect();
            transmission.run(template);
            return true;
        });
        Thread.ofVirtual().name("sink-" + name).start(running);
        try {
            running.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            return null;
        } catch (TimeoutException _) {
            return late;
        } catch (ExecutionException ex) {
            return AmqpFailures.of(connections.toString(), ex);
        } finally {
            running.cancel(true);
        }
    }

    private void returned(ReturnedMessage returned) {
        String id = returned.getMessage().getMessageProperties().getMessageId();
        Publication publication = id == null ? null : underWay.get(id);
        if (publication != null) {
            publication.returned().complete(returned);
        }
    }

    @Override
    public void close() {
        template.destroy();
        connections.close();
    }
}
