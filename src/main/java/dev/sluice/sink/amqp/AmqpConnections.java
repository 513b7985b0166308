package dev.sluice.sink.amqp;

import com.rabbitmq.client.ConnectionFactory;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.CacheMode;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.amqp.autoconfigure.CachingConnectionFactoryConfigurer;

/**
 * Makes a sink's connection factory out of the one that Spring Boot has configured from {@code spring.rabbitmq}: addresses,
 * credentials, TLS with its SSL bundle and metrics stay, and confirms, returns and bounds to every wait come in. Its one
 * connection is made when it is first needed, and again when it has broken.
 */
final class AmqpConnections {

    /** For the broker to agree to a close, which changes nothing any more. */
    static final Duration CLOSE = Duration.ofSeconds(1);

    private AmqpConnections() {}

    /**
     * @param callbacks calls back for the broker's answers; remains the caller's
     */
    static CachingConnectionFactory of(
            String sink, Duration timeout, int channels, ExecutorService callbacks, BeanFactory beans) {
        int millis = (int) timeout.toMillis();
        ConnectionFactory client = beans.getBean(CachingConnectionFactory.class)
                .getRabbitConnectionFactory()
                .clone();
        client.setChannelRpcTimeout(millis);
        client.setHandshakeTimeout(Math.min(client.getHandshakeTimeout(), millis));
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
        client.setConnectionTimeout(configured == 0 ? millis : Math.min(configured, millis));
        connections.afterPropertiesSet();
        return connections;
    }
}
