package dev.sluice.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.PlatformTransactionManager;

final class SinkAutoConfigurationFilterTests {

    private static final String URL = "jdbc:postgresql://localhost:1/nothing";

    @Test
    void withoutSinksNothingIsConfiguredForThem() {
        try (ConfigurableApplicationContext context = start(Map.of(), Map.of())) {
            assertNone(context, ProducerFactory.class);
            assertNone(context, ConnectionFactory.class);
            assertNone(context, DataSource.class);
            assertNone(context, PlatformTransactionManager.class);
            assertThat(context.getBeanDefinitionNames())
                    .noneMatch(name -> name.matches(".*boot\\.(kafka|amqp|jdbc|transaction|persistence)\\..*"));
        }
    }

    @Test
    void whatADeclaredSinkNeedsIsConfigured() {
        try (ConfigurableApplicationContext context =
                start(Map.of("sluice.sinks.my-events.kafka.topic", "t"), Map.of())) {
            assertOne(context, ProducerFactory.class);
            assertNone(context, ConnectionFactory.class);
            assertNone(context, DataSource.class);
        }
        try (ConfigurableApplicationContext context = start(Map.of("sluice.sinks.queue.amqp", ""), Map.of())) {
            assertNone(context, ProducerFactory.class);
            assertOne(context, ConnectionFactory.class);
        }
        Map<String, Object> table = Map.of("sluice.sinks.table.jdbc.sql", "insert", "spring.datasource.url", URL);
        try (ConfigurableApplicationContext context = start(table, Map.of())) {
            assertOne(context, DataSource.class);
            assertOne(context, PlatformTransactionManager.class);
            assertNone(context, ProducerFactory.class);
        }
    }

    @Test
    void environmentVariablesDeclareSinksToo() {
        Map<String, Object> variables =
                Map.of("SLUICE_SINKS_X_KAFKA_TOPIC", "t", "SLUICE_SINKS_MY_QUEUE_AMQP_EXCHANGE", "e");
        try (ConfigurableApplicationContext context = start(Map.of(), variables)) {
            assertOne(context, ProducerFactory.class);
            assertOne(context, ConnectionFactory.class);
            assertNone(context, DataSource.class);
        }
    }

    @Test
    void aSinkThatIsCalledAsAKindIsNone() {
        try (ConfigurableApplicationContext context = start(Map.of("sluice.sinks.jdbc.log.level", "info"), Map.of())) {
            assertNone(context, DataSource.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Sample {}

    private static void assertNone(ConfigurableApplicationContext context, Class<?> type) {
        assertThat(context.getBeanNamesForType(type)).isEmpty();
    }

    private static void assertOne(ConfigurableApplicationContext context, Class<?> type) {
        assertThat(context.getBeanNamesForType(type)).hasSize(1);
    }

    private static ConfigurableApplicationContext start(Map<String, Object> settings, Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
        environment.getPropertySources().addFirst(new MapPropertySource("settings", settings));
        SpringApplication application = new SpringApplication(Sample.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setEnvironment(environment);
        application.setRegisterShutdownHook(false);
        // The configuration of listeners is not of interest here, nor are an operator's files.
        application.setInitializers(List.of());
        return application.run("--spring.config.location=optional:classpath:/nothing/");
    }
}
