package dev.sluice.sink.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.Trace;
import dev.sluice.sink.CloudEventAttributes;
import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Replacements;
import dev.sluice.sink.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT 5 broker. The connection is opened by whoever needs it first, and again after it has ended. All callers
 * publish through it at once; a message is delivered when the broker has acknowledged it, whether or not anybody
 * subscribes. With QoS 0 no broker does, and a message is delivered when it is written.
 *
 * <p>Messages do not wait for the acknowledgements of those before them. What is behind one that is refused or not
 * acknowledged in time comes again after it.
 */
final class MqttSink implements Sink {

    private static final Duration MOST_FAREWELL = Duration.ofSeconds(2);

    private final BrokerAddress address;
    private final TopicTemplate topic;
    private final MqttQos qos;
    private final MqttSinkProperties properties;
    private final Replacements replacements;
    private final ReentrantLock connecting = new ReentrantLock();
    /** Written under {@link #connecting}. */
    private volatile @Nullable BrokerConnection connection;

    /**
     * @throws IllegalArgumentException naming the key that cannot be
     */
    MqttSink(String name, MqttSinkProperties properties) {
        this.address = BrokerAddress.parse(properties.url());
        this.topic = new TopicTemplate(properties.topic(), _ -> true);
        this.qos = Objects.requireNonNull(MqttQos.fromCode(properties.qos()));
        this.properties = properties;
        this.replacements = new Replacements(name);
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        try {
            return send(messages, connected());
        } catch (ExecutionException ex) {
            return Confirmation.none(messages.size(), MqttFailures.ofConnection(address.toString(), ex));
        } catch (TimeoutException _) {
            return Confirmation.none(messages.size(), Failure.passing(address + ": not connected within " + seconds()));
        }
    }

    private Confirmation<Failure> send(List<? extends Envelope> messages, BrokerConnection broker)
            throws InterruptedException {
        long deadline = System.nanoTime() + properties.timeout().toNanos();
        OrderedConfirmation confirmation = new OrderedConfirmation(messages);
        Map<Integer, CompletableFuture<Mqtt5PublishResult>> answers = publish(messages, broker, deadline, confirmation);
        boolean late = false;
        for (Map.Entry<Integer, CompletableFuture<Mqtt5PublishResult>> answer : answers.entrySet()) {
            try {
                answer.getValue().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                confirmation.settle(answer.getKey(), null);
            } catch (ExecutionException ex) {
                confirmation.settle(answer.getKey(), MqttFailures.failure(address.toString(), ex));
            } catch (TimeoutException _) {
                late = true;
                confirmation.settle(answer.getKey(), unconfirmed());
            }
        }
        if (late) {
            retire(broker);
        }
        return confirmation.confirmation();
    }

    private Map<Integer, CompletableFuture<Mqtt5PublishResult>> publish(
            List<? extends Envelope> messages, BrokerConnection broker, long deadline, OrderedConfirmation confirmation)
            throws InterruptedException {
        Map<Integer, CompletableFuture<Mqtt5PublishResult>> answers = new LinkedHashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            if (!confirmation.isDue(i)) {
                continue;
            }
            Mqtt5Publish message;
            try {
                message = message(messages.get(i));
            } catch (IllegalArgumentException ex) {
                confirmation.settle(i, Failure.of(ex));
                continue;
            }
            CompletableFuture<Mqtt5PublishResult> answer = broker.publish(message, deadline);
            if (answer == null) {
                Failure unsent = Failure.held("not sent: " + unconfirmed().reason());
                IntStream.range(i, messages.size()).forEach(left -> confirmation.settle(left, unsent));
                break;
            }
            answers.put(i, answer);
        }
        return answers;
    }

    private Mqtt5Publish message(Envelope message) {
        List<Mqtt5UserProperty> attributes = new ArrayList<>();
        CloudEventAttributes.of(message).forEach((name, value) -> attributes.add(Mqtt5UserProperty.of(name, value)));
        String traceparent = message.traceparent();
        if (traceparent != null) {
            attributes.add(Mqtt5UserProperty.of(Trace.HEADER, traceparent));
        }
        return Mqtt5Publish.builder()
                .topic(topic.render(message))
                .payload(message.getPayload())
                .qos(qos)
                .userProperties(Mqtt5UserProperties.of(attributes))
                .build();
    }

    private BrokerConnection connected() throws InterruptedException, ExecutionException, TimeoutException {
        BrokerConnection open = connection;
        if (open != null && open.connected()) {
            return open;
        }
        if (!connecting.tryLock(properties.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException();
        }
        try {
            open = connection;
            if (open == null || !open.connected()) {
                if (open != null) {
                    replacements.tell("the connection to " + address, "it has ended");
                }
                open = BrokerConnection.open(address, properties);
                connection = open;
            }
            return open;
        } finally {
            connecting.unlock();
        }
    }

    /** What the client still holds after a time-out must not stay with it: the next message goes another way. */
    private void retire(BrokerConnection broker) {
        connecting.lock();
        try {
            if (connection == broker) {
                connection = null;
                broker.retire();
                replacements.tell("the connection to " + address, "it confirmed nothing for " + seconds());
            }
        } finally {
            connecting.unlock();
        }
    }

    private Failure unconfirmed() {
        return Failure.passing(address + ": not confirmed within " + seconds());
    }

    private String seconds() {
        return properties.timeout().toMillis() / 1000.0 + " s";
    }

    @Override
    public void close() {
        BrokerConnection open = connection;
        connection = null;
        if (open != null) {
            open.close(MOST_FAREWELL);
        }
    }
}
