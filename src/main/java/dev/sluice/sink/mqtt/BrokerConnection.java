package dev.sluice.sink.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckRestrictions;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a broker, with a client of its own, shared by all callers and of no more use once it has ended:
 * what the client holds fails with it. A client that reconnects by itself would queue without end meanwhile.
 *
 * <p>The client blocks its caller, for any time and deaf to interrupts, when more is in flight than the broker takes.
 * So permits are taken before it is called: as many as the broker's receive maximum, and no more than bounds our
 * memory.
 */
final class BrokerConnection {

    private static final int MOST_IN_FLIGHT = 1024;
    private static final int MOST_KEEP_ALIVE_SECONDS = 60;

    private final Mqtt5AsyncClient client;
    private final Semaphore permits;
    private final int keepAliveSeconds;

    private BrokerConnection(Mqtt5AsyncClient client, int inFlight, int keepAliveSeconds) {
        this.client = client;
        this.permits = new Semaphore(inFlight, true);
        this.keepAliveSeconds = keepAliveSeconds;
    }

    /**
     * @throws ExecutionException if the broker can't be reached, or refuses
     * @throws TimeoutException if it takes longer than allowed
     */
    static BrokerConnection open(BrokerAddress address, MqttSinkProperties properties)
            throws InterruptedException, ExecutionException, TimeoutException {
        Duration timeout = properties.timeout();
        int keepAlive = (int) Math.clamp(timeout.toSeconds(), 1, MOST_KEEP_ALIVE_SECONDS);
        Mqtt5AsyncClient client = client(address, properties);
        CompletableFuture<Mqtt5ConnAck> connecting = client.connect(
                Mqtt5Connect.builder().cleanStart(true).keepAlive(keepAlive).build());
        Mqtt5ConnAckRestrictions broker;
        try {
            broker = connecting.get(timeout.toNanos(), TimeUnit.NANOSECONDS).getRestrictions();
        } catch (InterruptedException | TimeoutException ex) {
            // The client gives up by itself soon; if it should get through before, nobody wants it any more.
            connecting.thenRun(client::disconnect);
            throw ex;
        }
        return new BrokerConnection(client, inFlight(client, broker, properties), keepAlive);
    }

    private static int inFlight(Mqtt5AsyncClient client, Mqtt5ConnAckRestrictions broker, MqttSinkProperties properties)
            throws ExecutionException {
        int most = broker.getMaximumQos().getCode();
        if (properties.qos() > most) {
            client.disconnect();
            throw new ExecutionException(
                    new IllegalStateException("confirms no QoS " + properties.qos() + "; set qos to " + most));
        }
        return Math.min(broker.getReceiveMaximum(), MOST_IN_FLIGHT);
    }

    private static Mqtt5AsyncClient client(BrokerAddress address, MqttSinkProperties properties) {
        long millis = properties.timeout().toMillis();
        Mqtt5ClientBuilder builder = MqttClient.builder()
                .useMqttVersion5()
                .transportConfig()
                .serverHost(address.host())
                .serverPort(address.port())
                .socketConnectTimeout(millis, TimeUnit.MILLISECONDS)
                .mqttConnectTimeout(millis, TimeUnit.MILLISECONDS)
                .applyTransportConfig();
        if (address.tls()) {
            builder = builder.sslWithDefaultConfig();
        }
        if (properties.clientId() != null) {
            builder = builder.identifier(properties.clientId());
        }
        return authenticated(builder, properties.username(), properties.password())
                .buildAsync();
    }

    private static Mqtt5ClientBuilder authenticated(
            Mqtt5ClientBuilder builder, @Nullable String username, @Nullable String password) {
        if (username == null) {
            return builder;
        }
        return password == null
                ? builder.simpleAuth().username(username).applySimpleAuth()
                : builder.simpleAuth()
                        .username(username)
                        .password(password.getBytes(StandardCharsets.UTF_8))
                        .applySimpleAuth();
    }

    boolean connected() {
        return client.getState().isConnected();
    }

    /**
     * Publishes.
     *
     * @param deadline of {@code System.nanoTime()}, for a place among those in flight
     * @return what the broker answers; null if there was no place
     */
    @Nullable
    CompletableFuture<Mqtt5PublishResult> publish(Mqtt5Publish message, long deadline) throws InterruptedException {
        if (!permits.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return null;
        }
        CompletableFuture<Mqtt5PublishResult> result = client.publish(message);
        result.whenComplete((_, _) -> permits.release());
        return result;
    }

    /**
     * Ends it in a while, as nobody uses it any more. Not at once: to end it is to write, and a broker that hangs does
     * not read. The client's own pings find that out, and cut the connection; they cease when it is being ended.
     */
    void retire() {
        CompletableFuture.delayedExecutor(3L * keepAliveSeconds, TimeUnit.SECONDS)
                .execute(client::disconnect);
    }

    /** Ends it, and waits a while for that. */
    void close(Duration most) {
        try {
            client.disconnect().get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException _) {
            // It had ended before, or the broker does not care.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
