package dev.sluice.bench.server;

import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.Pollers;
import org.springframework.integration.ip.dsl.Tcp;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLfSerializer;
import org.springframework.integration.jdbc.store.JdbcChannelMessageStore;
import org.springframework.integration.jdbc.store.channel.H2ChannelMessageStoreQueryProvider;
import org.springframework.integration.store.MessageGroupQueue;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.messaging.support.GenericMessage;

/**
 * Spring Integration as it comes, with the durable channel that its reference manual offers: a queue in a database,
 * here H2 in a file. A line is answered when it is in the queue.
 */
final class JdbcStoreServer {

    private JdbcStoreServer() {}

    static String description() {
        return "Spring Integration, `net`, a queue channel in a `JdbcChannelMessageStore` on an H2 file";
    }

    @Configuration(proxyBeanMethods = false)
    @EnableIntegration
    static class Integration {

        @Bean
        JdbcDataSource dataSource() {
            var dataSource = new JdbcDataSource();
            dataSource.setUrl("jdbc:h2:file:" + System.getProperty("bench.store") + "-"
                    + ProcessHandle.current().pid() + ";DB_CLOSE_ON_EXIT=FALSE");
            new ResourceDatabasePopulator(new ClassPathResource("org/springframework/integration/jdbc/schema-h2.sql"))
                    .execute(dataSource);
            return dataSource;
        }

        @Bean
        JdbcChannelMessageStore store(JdbcDataSource dataSource) {
            var store = new JdbcChannelMessageStore(dataSource);
            store.setChannelMessageStoreQueryProvider(new H2ChannelMessageStoreQueryProvider());
            return store;
        }

        @Bean
        QueueChannel lines(JdbcChannelMessageStore store) {
            return new QueueChannel(new MessageGroupQueue(store, "lines"));
        }
    }

    public static void main(String[] args) throws IOException {
        var program = new ServerProgram();
        var handled = new LongAdder();
        var context = new AnnotationConfigApplicationContext();
        context.register(Integration.class);
        var server = Tcp.netServer(Integer.parseInt(args[1]))
                .localAddress("127.0.0.1")
                .serializer(new ByteArrayLfSerializer())
                .deserializer(new ByteArrayLfSerializer());
        context.registerBean(
                "in",
                IntegrationFlow.class,
                () -> IntegrationFlow.from(Tcp.inboundGateway(server))
                        .<byte[]>handle((payload, headers) -> {
                            context.getBean(QueueChannel.class).send(new GenericMessage<>(payload));
                            handled.increment();
                            return payload;
                        })
                        .get());
        context.registerBean(
                "out",
                IntegrationFlow.class,
                () -> IntegrationFlow.from("lines")
                        .handle(
                                message -> {},
                                endpoint ->
                                        endpoint.poller(Pollers.fixedDelay(10).maxMessagesPerPoll(1000)))
                        .get());
        context.refresh();
        program.answer(handled::sum);
    }
}
