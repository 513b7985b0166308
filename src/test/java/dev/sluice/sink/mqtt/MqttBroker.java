package dev.sluice.sink.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptor;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;

/** An MQTT 5 broker on the loopback address that keeps nothing on disk: Apache Artemis. */
public final class MqttBroker implements AutoCloseable {

    private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    private final List<Mqtt5AsyncClient> subscribers = new ArrayList<>();
    private final int port;

    /** Of any free port, open to all. */
    public MqttBroker() throws Exception {
        this(0, "");
    }

    /**
     * @param port 0 for any that is free
     * @param password of everyone; none if empty
     */
    public MqttBroker(int port, String password) throws Exception {
        Configuration configuration = new ConfigurationImpl()
                .setPersistenceEnabled(false)
                .setSecurityEnabled(!password.isEmpty())
                .setJMXManagementEnabled(false)
                .addAcceptorConfiguration(
                        "mqtt", "tcp://localhost:" + port + "?protocols=MQTT;useEpoll=false;useKQueue=false");
        broker.setConfiguration(configuration);
        broker.setSecurityManager(new OnePassword(password));
        broker.start();
        NettyAcceptor acceptor =
                (NettyAcceptor) broker.getActiveMQServer().getRemotingService().getAcceptor("mqtt");
        this.port = acceptor.getActualPort();
    }

    public int port() {
        return port;
    }

    public String url() {
        return "tcp://localhost:" + port;
    }

    /** What is published from now on to topics that match. */
    public Received subscribe(String filter) throws Exception {
        BlockingQueue<Mqtt5Publish> messages = new LinkedBlockingQueue<>();
        Mqtt5AsyncClient subscriber = MqttClient.builder()
                .useMqttVersion5()
                .serverHost("localhost")
                .serverPort(port)
                .buildAsync();
        subscribers.add(subscriber);
        subscriber.connect().get(10, TimeUnit.SECONDS);
        subscriber
                .subscribeWith()
                .topicFilter(filter)
                .callback(messages::add)
                .send()
                .get(10, TimeUnit.SECONDS);
        return new Received(messages);
    }

    /** What a subscriber has received. */
    public record Received(BlockingQueue<Mqtt5Publish> messages) {

        /** The next message, waited for. */
        public Mqtt5Publish next() throws InterruptedException {
            Mqtt5Publish next = messages.poll(10, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing received");
            }
            return next;
        }

        /** The payload of the next message, waited for. */
        public String nextText() throws InterruptedException {
            return new String(next().getPayloadAsBytes(), UTF_8);
        }
    }

    /** Clients first, so that they need not wait for a broker that is gone. */
    @Override
    public void close() throws Exception {
        for (Mqtt5AsyncClient subscriber : subscribers) {
            subscriber.disconnect().handle((_, _) -> "").get(10, TimeUnit.SECONDS);
        }
        broker.stop();
    }

    private record OnePassword(String password) implements ActiveMQSecurityManager {

        @Override
        public boolean validateUser(String user, String given) {
            return password.equals(given);
        }

        @Override
        public boolean validateUserAndRole(String user, String given, Set<Role> roles, CheckType checkType) {
            return password.equals(given);
        }
    }
}
