package dev.sluice.listener;

import java.time.Duration;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.IntegrationManagementConfigurer;
import org.springframework.integration.dsl.context.IntegrationFlowContext;
import org.springframework.scheduling.TaskScheduler;

/** Puts the listeners into the application. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SluiceProperties.class)
class ListenerConfiguration {

    @Bean
    Listeners listeners(SluiceProperties properties, ListenerFactory factory) {
        return new Listeners(properties.listeners(), factory);
    }

    @Bean
    ListenerFactory listenerFactory(
            BeanFactory beans,
            IntegrationFlowContext flows,
            ApplicationEventPublisher events,
            TaskScheduler scheduler,
            @Value("${spring.lifecycle.timeout-per-shutdown-phase:30s}") Duration shutdownPhase) {
        return new ListenerFactory(beans, flows, events, scheduler, shutdownPhase);
    }

    /**
     * In place of Boot's, which would put a timer on every channel and handler: two clock calls and an update for each
     * message. A listener's own counters are added to once a read.
     */
    @Bean(IntegrationManagementConfigurer.MANAGEMENT_CONFIGURER_NAME)
    static IntegrationManagementConfigurer integrationManagementConfigurer() {
        IntegrationManagementConfigurer configurer = new IntegrationManagementConfigurer();
        configurer.setDefaultLoggingEnabled(false);
        return configurer;
    }
}
