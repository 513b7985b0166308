package dev.sluice.listener;

import dev.sluice.check.CheckException;
import dev.sluice.delivery.DeclaredRoutes;
import dev.sluice.delivery.RouteDeclaration;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.TracedSink;
import dev.sluice.device.ClusterProperties;
import dev.sluice.device.CommandDesk;
import dev.sluice.handler.ReplyProperties.After;
import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.ConfigurationSnapshot;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.ListenerProtocol;
import dev.sluice.listener.configuration.MemoryWarnings;
import dev.sluice.listener.configuration.Problem;
import dev.sluice.listener.configuration.SinkProperties;
import dev.sluice.listener.configuration.SluiceProperties;
import dev.sluice.log.KafkaClients;
import dev.sluice.memory.Halt;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.protocol.Rules;
import dev.sluice.request.BackEnds;
import dev.sluice.sink.Sink;
import dev.sluice.trace.Traces;
import dev.sluice.transport.tcp.DrainPace;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerCustomizer;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.integration.config.IntegrationComponentScanRegistrar;
import org.springframework.integration.config.IntegrationManagementConfigurer;
import org.springframework.integration.dsl.context.IntegrationFlowContext;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.support.TaskUtils;

/** Puts the listeners into the application. */
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
@EnableConfigurationProperties(SluiceProperties.class)
class ListenerConfiguration {

    private static final Logger log = LoggerFactory.getLogger(ListenerConfiguration.class);

    /**
     * Where one is declared, Spring Boot looks for no gateways of Spring Integration. Here are none, and reading each
     * class to see that would take a tenth of the start.
     */
    @Bean
    static IntegrationComponentScanRegistrar integrationComponentScanRegistrar() {
        return new IntegrationComponentScanRegistrar();
    }

    @Bean
    Listeners listeners(SluiceProperties properties, ListenerFactory factory) {
        return new Listeners(properties.listeners(), factory.surroundings(properties.protocols()), factory);
    }

    @Bean
    MemoryBudget memoryBudget(SluiceProperties properties) {
        long heap = Runtime.getRuntime().maxMemory();
        MemoryWarnings.of(properties, heap).forEach(log::warn);
        return new MemoryBudget(properties.memory().limit().toBytes(heap));
    }

    @Bean
    Routes routes(SluiceProperties properties, BeanFactory beans) {
        return new Routes(properties.dataDirectory(), declared(properties, beans));
    }

    @Bean
    Reload reload(
            ConfigurableEnvironment environment,
            SluiceProperties properties,
            Listeners listeners,
            ListenerFactory factory,
            Routes routes,
            ConfigurableListableBeanFactory beans,
            ApplicationEventPublisher events) {
        return new Reload(
                ConfigurationSnapshot.of(environment, properties),
                listeners,
                factory,
                routes,
                next -> declared(next.properties(), beans),
                beans,
                events);
    }

    @Bean
    BackEnds backEnds(SluiceProperties properties, BeanFactory beans) {
        ClusterProperties cluster = properties.cluster();
        if (cluster == null) {
            return new BackEnds(properties.replies(), "", beans);
        }
        ClusterProperties.Kafka shared = cluster.kafka();
        return new BackEnds(
                properties
                        .replies()
                        .within(shared.prefix(), shared.partitions(), shared.replication(), shared.createTopics()),
                cluster.name(),
                beans);
    }

    @Bean
    BackEndsLife backEndsLife(SluiceProperties properties, BackEnds backEnds) {
        return new BackEndsLife(properties, backEnds);
    }

    @Bean
    CommandDesk commandDesk() {
        return new CommandDesk();
    }

    @Bean
    CommandsLife commandsLife(
            SluiceProperties properties, CommandDesk desk, ListenerFactory factory, Routes routes, BeanFactory beans) {
        return new CommandsLife(
                properties,
                desk,
                factory,
                routes,
                new KeptCommands(properties, routes::lockedDirectory, () -> clients(beans)));
    }

    /** The clients that Spring Boot has configured from {@code spring.kafka}. */
    private static KafkaClients clients(BeanFactory beans) {
        return new KafkaClients(
                beans.getBean(ProducerFactory.class).getConfigurationProperties(),
                beans.getBean(ConsumerFactory.class).getConfigurationProperties(),
                beans.getBean(KafkaAdmin.class).getConfigurationProperties());
    }

    @Bean
    ReloadTriggers reloadTriggers(Reload reload) {
        return new ReloadTriggers(reload);
    }

    /** What a configuration declares of the ways of messages. */
    private static DeclaredRoutes declared(SluiceProperties properties, BeanFactory beans) {
        return new DeclaredRoutes(
                name -> sink(name, properties, beans),
                properties.sinks().keySet(),
                properties.listeners().entrySet().stream()
                        .map(listener -> declaration(listener.getKey(), listener.getValue(), properties))
                        .filter(declaration -> !declaration.sinks().isEmpty())
                        .toList());
    }

    private static RouteDeclaration declaration(String name, ListenerProperties listener, SluiceProperties properties) {
        Rules rules = ListenerProtocol.rules(listener, properties.protocols());
        Set<String> sinks = new LinkedHashSet<>(listener.sinks());
        rules.all().stream()
                .map(rule -> rule.properties().sinks())
                .filter(Objects::nonNull)
                .forEach(sinks::addAll);
        List<String> outcomes =
                listener.commands() == null ? List.of() : listener.commands().outcomes();
        sinks.addAll(outcomes);
        return new RouteDeclaration(
                name,
                List.copyOf(sinks),
                listener.sinks(),
                listener.delivery(),
                listener.reply().after() == After.DELIVERED,
                listener.charset(),
                rules.all().isEmpty() ? null : rules::fields,
                !outcomes.isEmpty() || ListenerProtocol.asksBean(listener, properties.protocols()));
    }

    private static Sink sink(String name, SluiceProperties properties, BeanFactory beans) {
        SinkProperties declared = properties.sinks().get(name);
        if (declared == null) {
            throw new IllegalArgumentException("sluice.sinks." + name + ": is not declared");
        }
        try {
            Sink sink = declared.open(name, beans);
            Traces traces = beans.getBeanProvider(Traces.class).getIfAvailable();
            return traces == null ? sink : new TracedSink(name, sink, traces);
        } catch (IllegalArgumentException ex) {
            throw new ConfigurationException(List.of(problem(name, ex)));
        }
    }

    /** What only opening it could show: a certificate that cannot be read, say. */
    private static Problem problem(String sink, IllegalArgumentException ex) {
        return ex instanceof CheckException known
                ? new Problem(known.key(), known.problem(), null)
                : new Problem("sluice.sinks." + sink, String.valueOf(ex.getMessage()), null);
    }

    /** In place of Boot's. */
    @Bean
    VettedSslBundles sslBundleRegistry(ObjectProvider<SslBundleRegistrar> registrars) {
        VettedSslBundles bundles = new VettedSslBundles();
        registrars.orderedStream().forEach(registrar -> registrar.registerBundles(bundles));
        return bundles;
    }

    @Bean
    ListenerFactory listenerFactory(
            BeanFactory beans,
            IntegrationFlowContext flows,
            ApplicationEventPublisher events,
            TaskScheduler scheduler,
            SslBundles bundles,
            Routes routes,
            MemoryBudget memory,
            BackEnds backEnds,
            SluiceProperties properties,
            ObjectProvider<Traces> traces,
            @Value("${spring.lifecycle.timeout-per-shutdown-phase:30s}") Duration shutdownPhase) {
        ClusterProperties cluster = properties.cluster();
        return new ListenerFactory(
                beans,
                flows,
                events,
                scheduler,
                bundles,
                routes,
                memory,
                backEnds,
                traces.getIfAvailable(),
                cluster == null || cluster.drainRate() == 0 ? null : new DrainPace(cluster.drainRate()),
                shutdownPhase);
    }

    /** What a task that is repeated throws is logged, as by default, unless the process cannot go on after it. */
    @Bean
    static SimpleAsyncTaskSchedulerCustomizer outOfMemoryInTasks() {
        return scheduler -> scheduler.setErrorHandler(ex -> {
            Halt.onOutOfMemory(ex);
            TaskUtils.LOG_AND_SUPPRESS_ERROR_HANDLER.handleError(ex);
        });
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
