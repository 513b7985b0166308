package dev.sluice.sink.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import dev.sluice.check.Check;
import dev.sluice.message.Envelope;
import dev.sluice.sink.CloudEventAttributes;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Confirmation.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Replacements;
import dev.sluice.sink.Sink;
import dev.sluice.sink.UnauthorizedException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An MQTT 5 broker. The connection is opened by whoever needs it first, and again after it has ended. All callers publish
 * through it at once; a message is delivered when the broker has acknowledged it, whether or not anybody subscribes. With
 * QoS 0 no broker does, and a message is delivered when it is written.
 *
 * <p>Messages do not wait for the acknowledgements of those before them. What is behind one that is refused or not
 * acknowledged in time comes again after it.
 */
public final class MqttSink implements Sink {

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
    public MqttSink(String name, MqttSinkProperties properties) {
        properties.check(Check.of("sluice.sinks." + name + ".mqtt"));
        this.address = BrokerAddress.parse(properties.url());
        this.topic = new TopicTemplate(properties.topic());
        this.qos = Objects.requireNonNull(MqttQos.fromCode(properties.qos()));
        this.properties = properties;
        this.replacements = new Replacements(name);
    }

    @Override
    public Confirmation send(List<? extends Envelope> messages) throws InterruptedException {
        BrokerConnection broker = connected();
        long deadline = System.nanoTime() + properties.timeout().toNanos();
        Map<Integer, Failure> failures = new TreeMap<>();
        Map<Integer, CompletableFuture<Mqtt5PublishResult>> answers = publish(messages, broker, deadline, failures);
        boolean late = false;
        for (Map.Entry<Integer, CompletableFuture<Mqtt5PublishResult>> answer : answers.entrySet()) {
            try {
                answer.getValue().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException ex) {
                failures.put(answer.getKey(), Refusal.failure(address.toString(), cause(ex)));
            } catch (TimeoutException _) {
                late = true;
                failures.put(answer.getKey(), unconfirmed());
            }
        }
        if (late) {
            retire(broker);
        }
        if (failures.isEmpty()) {
            return Confirmation.ALL;
        }
        OrderedConfirmation confirmation = new OrderedConfirmation();
        for (int i = 0; i < messages.size(); i++) {
            confirmation.add(messages.get(i), failures.get(i));
        }
        return confirmation.confirmation();
    }

    private Map<Integer, CompletableFuture<Mqtt5PublishResult>> publish(
            List<? extends Envelope> messages, BrokerConnection broker, long deadline, Map<Integer, Failure> failures)
            throws InterruptedException {
        Map<Integer, CompletableFuture<Mqtt5PublishResult>> answers = new LinkedHashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            Mqtt5Publish message;
            try {
                message = message(messages.get(i));
            } catch (IllegalArgumentException ex) {
                failures.put(i, Failure.poison(String.valueOf(ex.getMessage())));
                continue;
            }
            CompletableFuture<Mqtt5PublishResult> answer = broker.publish(message, deadline);
            if (answer == null) {
                for (int unsent = i; unsent < messages.size(); unsent++) {
                    failures.put(
                            unsent, Failure.held("not sent: " + unconfirmed().reason()));
                }
                break;
            }
            answers.put(i, answer);
        }
        return answers;
    }

    private Mqtt5Publish message(Envelope message) {
        List<Mqtt5UserProperty> attributes = CloudEventAttributes.of(message).entrySet().stream()
                .map(attribute -> Mqtt5UserProperty.of(attribute.getKey(), attribute.getValue()))
                .toList();
        return Mqtt5Publish.builder()
                .topic(topic.render(message))
                .payload(message.getPayload())
                .qos(qos)
                .userProperties(Mqtt5UserProperties.of(attributes))
                .build();
    }

    private BrokerConnection connected() throws InterruptedException {
        BrokerConnection open = connection;
        if (open != null && open.connected()) {
            return open;
        }
        if (!connecting.tryLock(properties.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException(address + ": not connected within " + seconds());
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
        } catch (ExecutionException ex) {
            String reason = address + ": " + Refusal.reason(cause(ex));
            throw Refusal.isUnauthorized(ex)
                    ? new UnauthorizedException(reason, ex)
                    : new IllegalStateException(reason, ex);
        } catch (TimeoutException ex) {
            throw new IllegalStateException(address + ": not connected within " + seconds(), ex);
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

    private static Throwable cause(ExecutionException ex) {
        Throwable cause = ex.getCause();
        return cause == null ? ex : cause;
    }

    @Override
    public void close() {
        BrokerConnection open = connection;
        connection = null;
        if (open != null) {
            open.close(MOST_FAREWELL);
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
