package dev.sluice.sink.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.sluice.Ports;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.model.SystemConfig;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** An AMQP 0-9-1 broker in this JVM, which keeps everything in memory; user and password are {@code guest}. */
public final class AmqpBroker implements AutoCloseable {

    private final int port = Ports.free();
    private @Nullable SystemLauncher launcher;

    private AmqpBroker() {
        restart();
    }

    public static AmqpBroker start() {
        return new AmqpBroker();
    }

    /** On 127.0.0.1; the same after a {@link #restart}. */
    public int port() {
        return port;
    }

    public void createQueue(String queue, Map<String, Object> arguments) {
        call(channel -> channel.queueDeclare(queue, true, false, false, arguments));
    }

    public void createQueue(String queue) {
        createQueue(queue, Map.of());
    }

    /** A direct exchange. */
    public void createExchange(String exchange) {
        call(channel -> channel.exchangeDeclare(exchange, "direct", true));
    }

    public void bind(String queue, String exchange, String routingKey) {
        call(channel -> channel.queueBind(queue, exchange, routingKey));
    }

    /** So many messages from the front of a queue, which they leave; fails if they do not arrive. */
    public List<GetResponse> messages(String queue, int count) {
        List<GetResponse> messages = new ArrayList<>();
        call(channel -> {
            for (int i = 0; i < count; i++) {
                GetResponse ready = channel.basicGet(queue, true);
                // Awaitility looks for the first time only after a while.
                messages.add(
                        ready != null
                                ? ready
                                : Awaitility.await().until(() -> channel.basicGet(queue, true), Objects::nonNull));
            }
            assertThat(channel.basicGet(queue, true))
                    .as("A message more than %d", count)
                    .isNull();
            return messages;
        });
        return messages;
    }

    /** Goes away, with connections broken and queues forgotten. */
    public void stop() {
        if (launcher != null) {
            launcher.shutdown();
            launcher = null;
        }
    }

    /** Comes back on the same port, empty. */
    public void restart() {
        launcher = new SystemLauncher();
        try {
            launcher.startup(Map.of(
                    SystemConfig.TYPE,
                    "Memory",
                    SystemConfig.INITIAL_CONFIGURATION_LOCATION,
                    String.valueOf(AmqpBroker.class.getResource("/amqp/broker.json")),
                    SystemConfig.STARTUP_LOGGED_TO_SYSTEM_OUT,
                    false,
                    "context",
                    Map.of(
                            "test.port",
                            Integer.toString(port),
                            "qpid.broker.defaultPreferenceStoreAttributes",
                            "{\"type\": \"Noop\"}")));
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Override
    public void close() {
        stop();
    }

    private interface Call {
        Object on(Channel channel) throws IOException;
    }

    private void call(Call call) {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            call.on(channel);
        } catch (IOException | TimeoutException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
