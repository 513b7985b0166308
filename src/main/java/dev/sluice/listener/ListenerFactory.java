package dev.sluice.listener;

import dev.sluice.delivery.Routes;
import dev.sluice.handler.Handler;
import dev.sluice.handler.Handlers;
import dev.sluice.handler.ReplyProperties.After;
import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.Problem;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Acceptance;
import dev.sluice.message.Template;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.tcp.BundleException;
import dev.sluice.transport.tcp.DialTurns;
import dev.sluice.transport.tcp.TcpProperties;
import dev.sluice.transport.tcp.TcpTransport;
import dev.sluice.transport.udp.OwnAddresses;
import dev.sluice.transport.udp.UdpTransport;
import java.nio.charset.Charset;
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
        this.surroundings = new TcpTransport.Surroundings(beans, events, scheduler, bundles, memory, new DialTurns());
        this.routes = routes;
        this.memory = memory;
        this.shutdownPhase = shutdownPhase;
    }

    Listener create(String name, ListenerProperties properties) {
        Transport transport = transport(name, properties, settings(name, properties));
        var flow = ListenerFlow.register(name, transport, flows);
        Duration drain = shutdownPhase.compareTo(RESERVE.multipliedBy(2)) > 0
                ? shutdownPhase.minus(RESERVE)
                : shutdownPhase.dividedBy(2);
        return new Listener(name, properties, transport, flow, routes.find(name), drain);
    }

    private TransportSettings settings(String name, ListenerProperties properties) {
        Handler handler = Handlers.handler(properties.reply(), properties.charset(), beans);
        String onFailure = properties.reply().onFailure();
        return new TransportSettings(
                properties.framing(),
                properties.limits(),
                properties.timeouts(),
                properties.access(),
                new ServiceActivation(
                        handler, onFailure == null ? null : Template.parse(onFailure, properties.charset())),
                handler.mayWait(),
                routes.find(name).<Acceptance>map(route -> route).orElse(Acceptance.AT_ONCE),
                properties.reply().after() == After.RECEIVED,
                properties.reply().answers(),
                new Traffic());
    }

    private Transport transport(String name, ListenerProperties properties, TransportSettings settings) {
        if (properties.tcp() != null) {
            return tcp(name, settings, properties.tcp(), properties.charset());
        }
        if (properties.udp() != null) {
            return new UdpTransport(name, settings, properties.udp(), ownAddresses, memory);
        }
        throw new IllegalArgumentException("sluice.listeners." + name + ": needs 'tcp' or 'udp'");
    }

    /**
     * @throws ConfigurationException if its SSL bundle is not what a port needs, which only reading it could show
     */
    private TcpTransport tcp(String name, TransportSettings settings, TcpProperties tcp, Charset charset) {
        try {
            return new TcpTransport(name, settings, tcp, charset, surroundings);
        } catch (BundleException ex) {
            throw new ConfigurationException(List.of(
                    new Problem("sluice.listeners." + name + ".tcp.tls", String.valueOf(ex.getMessage()), null)));
        }
    }
}
