package dev.sluice.listener;

import dev.sluice.delivery.Routes;
import dev.sluice.handler.Handler;
import dev.sluice.handler.Handlers;
import dev.sluice.handler.ReplyProperties.After;
import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.Problem;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Template;
import dev.sluice.transport.Acceptance;
import dev.sluice.transport.FailureAnswer;
import dev.sluice.transport.Transport;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.tcp.BundleException;
import dev.sluice.transport.tcp.TcpProperties;
import dev.sluice.transport.tcp.TcpTransport;
import dev.sluice.transport.udp.OwnAddresses;
import dev.sluice.transport.udp.UdpTransport;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.dsl.context.IntegrationFlowContext;
import org.springframework.scheduling.TaskScheduler;

/** Builds a listener out of what its owner declared. */
final class ListenerFactory {

    /** What is kept of the shutdown phase for closing what has not ended by then. */
    private static final Duration RESERVE = Duration.ofSeconds(1);

    private final BeanFactory beans;
    private final IntegrationFlowContext flows;
    private final TcpTransport.Surroundings surroundings;
    private final OwnAddresses ownAddresses = new OwnAddresses();
    private final Routes routes;
    private final MemoryBudget memory;
    private final Duration shutdownPhase;

    ListenerFactory(
            BeanFactory beans,
            IntegrationFlowContext flows,
            ApplicationEventPublisher events,
            TaskScheduler scheduler,
            SslBundles bundles,
            Routes routes,
            MemoryBudget memory,
            Duration shutdownPhase) {
        this.beans = beans;
        this.flows = flows;
        this.surroundings = new TcpTransport.Surroundings(beans, events, scheduler, bundles);
        this.routes = routes;
        this.memory = memory;
        this.shutdownPhase = shutdownPhase;
    }

    Listener create(String name, ListenerProperties properties) {
        Handler handler = Handlers.handler(properties.reply(), properties.charset(), beans);
        FailureAnswer onFailure = onFailure(properties);
        Transport transport = transport(name, properties, handler, onFailure);
        ServiceActivation activation = new ServiceActivation(handler, onFailure);
        var flow = ListenerFlow.register(name, transport, activation, flows);
        Duration drain = shutdownPhase.compareTo(RESERVE.multipliedBy(2)) > 0
                ? shutdownPhase.minus(RESERVE)
                : shutdownPhase.dividedBy(2);
        return new Listener(name, properties, transport, flow, routes.find(name), drain);
    }

    private Transport transport(String name, ListenerProperties properties, Handler handler, FailureAnswer onFailure) {
        TransportSettings settings = new TransportSettings(
                name,
                properties.framing(),
                properties.charset(),
                properties.limits(),
                properties.timeouts(),
                properties.access(),
                acceptance(name, properties),
                onFailure,
                properties.reply().answers(),
                handler.mayWait(),
                memory);
        if (properties.tcp() != null) {
            return tcp(settings, properties.tcp());
        }
        if (properties.udp() != null) {
            return new UdpTransport(settings, properties.udp(), ownAddresses);
        }
        throw new IllegalArgumentException("sluice.listeners." + name + ": needs 'tcp' or 'udp'");
    }

    /**
     * @throws ConfigurationException if its SSL bundle is not what a port needs, which only reading it could show
     */
    private TcpTransport tcp(TransportSettings settings, TcpProperties tcp) {
        try {
            return new TcpTransport(settings, tcp, surroundings);
        } catch (BundleException ex) {
            throw new ConfigurationException(List.of(new Problem(
                    "sluice.listeners." + settings.listener() + ".tcp.tls", String.valueOf(ex.getMessage()), null)));
        }
    }

    private Acceptance acceptance(String name, ListenerProperties properties) {
        return routes.find(name)
                .<Acceptance>map(
                        route -> new RouteAcceptance(route, properties.reply().after() == After.RECEIVED))
                .orElse(Acceptance.AT_ONCE);
    }

    private static FailureAnswer onFailure(ListenerProperties properties) {
        String text = properties.reply().onFailure();
        if (text == null) {
            return (message, reason) -> null;
        }
        return Template.parse(text, properties.charset())::render;
    }
}
