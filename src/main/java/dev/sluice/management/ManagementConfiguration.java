package dev.sluice.management;

import dev.sluice.delivery.Routes;
import dev.sluice.device.CommandDesk;
import dev.sluice.listener.Listeners;
import dev.sluice.management.log.LogLevels;
import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/** Puts endpoints, health and meters into the application. */
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
@Import({
    ListenersEndpoint.class,
    ConnectionsEndpoint.class,
    Broadcast.class,
    CommandCalls.class,
    CommandsEndpoint.class,
    DevicesEndpoint.class,
    ReplicasEndpoint.class,
    CommandMeters.class,
    RequestMeters.class,
    History.class,
    HistoryEndpoint.class,
    TryEndpoint.class,
    TapTopic.class,
    OverviewTopic.class,
    ListenerTopic.class,
    SpoolsEndpoint.class,
    ReloadEndpoint.class,
    ConfigurationEndpoint.class,
    LogLevels.class,
    CertificateMeters.class,
    ReloadMeters.class,
    MemoryMeters.class,
    DiskMeters.class,
    Histograms.class,
    KebabCaseArguments.class,
    Refusals.class,
    ListenerMeters.class,
    DeliveryMeters.class
})
class ManagementConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication
    @Import({ErrorPage.class, RequestBodies.class, OutOfMemoryFilter.class, ManagementLog.class})
    static class Web {}

    @Bean
    Taps taps(Listeners listeners) {
        return new Taps(listeners, Duration.ofMinutes(10));
    }

    /** The name is that of the component: {@code listeners}. */
    @Bean
    ListenersHealth listenersHealthContributor(Listeners listeners) {
        return new ListenersHealth(listeners);
    }

    @Bean
    SpoolsHealth spoolsHealthContributor(Routes routes) {
        return new SpoolsHealth(routes);
    }

    @Bean
    CommandsHealth commandsHealthContributor(CommandDesk desk) {
        return new CommandsHealth(desk);
    }

    @Bean
    SinksHealth sinksHealthContributor(Routes routes) {
        return new SinksHealth(routes);
    }
}
