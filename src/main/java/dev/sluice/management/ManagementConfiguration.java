package dev.sluice.management;

import dev.sluice.listener.Listeners;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts endpoints, health and meters into the application. */
@Configuration(proxyBeanMethods = false)
class ManagementConfiguration {

    @Bean
    ListenersEndpoint listenersEndpoint(Listeners listeners) {
        return new ListenersEndpoint(listeners);
    }

    @Bean
    ConnectionsEndpoint connectionsEndpoint(Listeners listeners) {
        return new ConnectionsEndpoint(listeners);
    }

    /** The name is that of the component: {@code listeners}. */
    @Bean
    ListenersHealth listenersHealthContributor(Listeners listeners) {
        return new ListenersHealth(listeners);
    }

    @Bean
    ListenerMeters listenerMeters(Listeners listeners, MeterRegistry registry) {
        return new ListenerMeters(listeners, registry);
    }
}
