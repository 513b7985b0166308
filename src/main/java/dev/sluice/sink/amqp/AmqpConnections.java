package dev.sluice.sink.amqp;

import com.rabbitmq.client.ConnectionFactory;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.CacheMode;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.amqp.autoconfigure.CachingConnectionFactoryConfigurer;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;

/**
 * A sink's connection to its broker, made when it is first needed, and again when it has broken. Its factory comes of
 * the one that Spring Boot has configured from {@code spring.rabbitmq}: addresses, credentials, TLS with its SSL bundle
 * and metrics stay, and confirms, returns and bounds to every wait come in.
 */
final class AmqpConnections implements AutoCloseable {

    /** For the broker to agree to a close, which changes nothing any more. */
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(AmqpConnections.class);

    private final String sink;
    private final String broker;
    private final ExecutorService callbacks;
    private final CachingConnectionFactory factory;
    private final ReentrantLock connecting = new ReentrantLock();

    /**
     * @param timeout for the connection, and for each answer to a request
     * @param channels that are kept open
     * @throws IllegalArgumentException if AMQP is not configured
     */
    AmqpConnections(String sink, Duration timeout, int channels, BeanFactory beans) {
        this.sink = sink;
        this.callbacks = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
                .name("sink-" + sink + "-callback")
                // A channel that was given up finds its connection closed, for example.
                .uncaughtExceptionHandler((_, ex) -> log.debug("sink '{}': a callback failed", sink, ex))
                .factory());
        try {
            this.factory = factory((int) timeout.toMillis(), channels, beans);
        } catch (NoSuchBeanDefinitionException _) {
            throw new IllegalArgumentException(
                    "the program started without a sink of the kind 'amqp'; restart it to have the first one");
        }
        this.broker = beans.getBean(RabbitConnectionDetails.class).getAddresses().stream()
                .map(address -> address.host() + ":" + address.port())
                .collect(Collectors.joining(" or "));
    }

    private CachingConnectionFactory factory(int timeoutMillis, int channels, BeanFactory beans) {
        ConnectionFactory client = beans.getBean(CachingConnectionFactory.class)
                .getRabbitConnectionFactory()
                .clone();
        client.setChannelRpcTimeout(timeoutMillis);
        client.setHandshakeTimeout(Math.min(client.getHandshakeTimeout(), timeoutMillis));
        CachingConnectionFactory connections = new CachingConnectionFactory(client);
        beans.getBean(CachingConnectionFactoryConfigurer.class).configure(connections);
        connections.setExecutor(callbacks);
        connections.setCacheMode(CacheMode.CHANNEL);
        connections.setChannelCacheSize(channels);
        connections.setChannelCheckoutTimeout(0);
        connections.setPublisherConfirmType(ConfirmType.CORRELATED);
        connections.setPublisherReturns(true);
        connections.setCloseTimeout((int) CLOSE.toMillis());
        connections.setConnectionNameStrategy(_ -> "sluice sink " + sink);
        // Why a channel was closed is the reason of each message that it carried.
        connections.setCloseExceptionLogger((log, message, cause) -> log.debug(message, cause));
        int configured = client.getConnectionTimeout();
        client.setConnectionTimeout(configured == 0 ? timeoutMillis : Math.min(configured, timeoutMillis));
        connections.afterPropertiesSet();
        return connections;
    }

    /**
     * @param returns what becomes of messages that no queue takes
     */
    RabbitTemplate newTemplate(RabbitTemplate.ReturnsCallback returns) {
        RabbitTemplate template = new RabbitTemplate(factory);
        template.setMandatory(true);
        template.setReturnsCallback(returns);
        return template;
    }

    /**
     * Connects, unless there is a connection. The wait for one that another thread makes can't be interrupted in the
     * client.
     */
    void connect() throws InterruptedException {
        connecting.lockInterruptibly();
        try {
            factory.createConnection().close();
        } finally {
            connecting.unlock();
        }
    }

    /** Gives up a connection that confirms nothing, with its channels, so that the next list has a new one. */
    void breakOff() throws InterruptedException {
        Thread closing = Thread.ofVirtual().name("sink-" + sink + "-close").start(factory::resetConnection);
        if (!closing.join(CLOSE.multipliedBy(2))) {
            closing.interrupt();
        }
    }

    @Override
    public void close() {
        factory.destroy();
        callbacks.shutdownNow();
    }

    /** The broker, or several. */
    @Override
    public String toString() {
        return broker;
    }
}
