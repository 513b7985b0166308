package dev.sluice.management;

import dev.sluice.delivery.Routes;
import dev.sluice.device.CommandDesk;
import dev.sluice.listener.Listeners;
import dev.sluice.listener.Reload;
import dev.sluice.listener.configuration.SluiceProperties;
import dev.sluice.management.log.LogLevels;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.request.BackEnds;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.scheduling.TaskScheduler;

/** Puts endpoints, health and meters into the application. */
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
class ManagementConfiguration {

    @Bean
    ListenersEndpoint listenersEndpoint(Listeners listeners) {
        return new ListenersEndpoint(listeners);
    }

    @Bean
    ConnectionsEndpoint connectionsEndpoint(Listeners listeners, MemoryBudget memory) {
        return new ConnectionsEndpoint(listeners, new Broadcast(memory));
    }

    @Bean
    CommandCalls commandCalls(Listeners listeners, CommandDesk desk) {
        return new CommandCalls(listeners, desk);
    }

    @Bean
    CommandsEndpoint commandsEndpoint(CommandCalls calls) {
        return new CommandsEndpoint(calls);
    }

    @Bean
    DevicesEndpoint devicesEndpoint(CommandCalls calls) {
        return new DevicesEndpoint(calls);
    }

    @Bean
    ReplicasEndpoint replicasEndpoint(CommandCalls calls) {
        return new ReplicasEndpoint(calls);
    }

    @Bean
    CommandMeters commandMeters(CommandDesk desk, MeterRegistry registry) {
        return new CommandMeters(desk, registry);
    }

    @Bean
    RequestMeters requestMeters(BackEnds backEnds, MeterRegistry registry) {
        return new RequestMeters(backEnds, registry);
    }

    @Bean
    History history(Listeners listeners, TaskScheduler scheduler) {
        return new History(listeners, scheduler);
    }

    @Bean
    HistoryEndpoint historyEndpoint(History history) {
        return new HistoryEndpoint(history);
    }

    @Bean
    Taps taps(Listeners listeners) {
        return new Taps(listeners, Duration.ofMinutes(10));
    }

    @Bean
    TryEndpoint tryEndpoint(Listeners listeners) {
        return new TryEndpoint(listeners);
    }

    @Bean
    TapTopic tapTopic(Taps taps) {
        return new TapTopic(taps);
    }

    @Bean
    OverviewTopic overviewTopic(Listeners listeners) {
        return new OverviewTopic(listeners);
    }

    @Bean
    ListenerTopic listenerTopic(Listeners listeners, Routes routes) {
        return new ListenerTopic(listeners, routes);
    }

    @Bean
    SpoolsEndpoint spoolsEndpoint(Listeners listeners, Routes routes) {
        return new SpoolsEndpoint(listeners, routes);
    }

    @Bean
    ReloadEndpoint reloadEndpoint(Reload reload, Listeners listeners) {
        return new ReloadEndpoint(reload, listeners);
    }

    @Bean
    ConfigurationEndpoint configurationEndpoint(Reload reload, Listeners listeners) {
        return new ConfigurationEndpoint(reload, listeners);
    }

    @Bean
    LogLevels logLevels(LoggingSystem logging) {
        return new LogLevels(logging);
    }

    @Bean
    CertificateMeters certificateMeters(SslBundles bundles, MeterRegistry registry) {
        return new CertificateMeters(bundles, registry);
    }

    @Bean
    ReloadMeters reloadMeters(Reload reload, MeterRegistry registry) {
        return new ReloadMeters(reload, registry);
    }

    @Bean
    @ConditionalOnWebApplication
    ErrorPage errorPage() {
        return new ErrorPage();
    }

    @Bean
    @ConditionalOnWebApplication
    RequestBodies requestBodies(MemoryBudget memory) {
        return new RequestBodies(memory);
    }

    @Bean
    @ConditionalOnWebApplication
    OutOfMemoryFilter outOfMemoryFilter() {
        return new OutOfMemoryFilter();
    }

    @Bean
    @ConditionalOnWebApplication
    ManagementLog managementLog(ServerProperties server, ObjectProvider<ManagementServerProperties> management) {
        return new ManagementLog(server, management.getIfAvailable());
    }

    @Bean
    MemoryMeters memoryMeters(MemoryBudget memory) {
        return new MemoryMeters(memory);
    }

    @Bean
    DiskMeters diskMeters(SluiceProperties properties) {
        return new DiskMeters(properties.dataDirectory());
    }

    @Bean
    Histograms histograms(Listeners listeners, Routes routes, ObjectProvider<PrometheusRegistry> registries) {
        return new Histograms(listeners, routes, registries);
    }

    @Bean
    static KebabCaseArguments kebabCaseArguments() {
        return new KebabCaseArguments();
    }

    @Bean
    static Refusals refusals() {
        return new Refusals();
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

    @Bean
    DeliveryMeters deliveryMeters(Routes routes, MeterRegistry registry) {
        return new DeliveryMeters(routes, registry);
    }
}
