package dev.sluice.listener;

import dev.sluice.delivery.Route;
import dev.sluice.delivery.Routes;
import dev.sluice.handler.Handler;
import dev.sluice.handler.Handlers;
import dev.sluice.handler.ReplyProperties.After;
import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.ListenerProtocol;
import dev.sluice.listener.configuration.Problem;
import dev.sluice.listener.configuration.ProtocolProperties;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Acceptance;
import dev.sluice.pattern.Frames;
import dev.sluice.protocol.PlainTemplate;
import dev.sluice.protocol.Rules;
import dev.sluice.request.BackEnds;
import dev.sluice.trace.Traces;
import dev.sluice.transport.ConnectedAs;
import dev.sluice.transport.Identification;
import dev.sluice.transport.Identities;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.Polls;
import dev.sluice.transport.PollsProperties;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import dev.sluice.transport.TransportChange;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.tcp.BundleCheck;
import dev.sluice.transport.tcp.BundleException;
import dev.sluice.transport.tcp.DialTurns;
import dev.sluice.transport.tcp.DrainPace;
import dev.sluice.transport.tcp.TcpProperties;
import dev.sluice.transport.tcp.TcpTransport;
import dev.sluice.transport.udp.OwnAddresses;
import dev.sluice.transport.udp.UdpTransport;
import java.io.IOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.context.IntegrationFlowContext;
import org.springframework.integration.dsl.context.IntegrationFlowContext.IntegrationFlowRegistration;
import org.springframework.scheduling.TaskScheduler;

/** Builds a listener out of what its owner declared. */
final class ListenerFactory {

    /** What is kept of the shutdown phase for closing what has not ended by then. */
    private static final Duration RESERVE = Duration.ofSeconds(1);

    private final BeanFactory beans;
    private final IntegrationFlowContext flows;
    private final TcpTransport.Surroundings ofTcp;
    private final OwnAddresses ownAddresses = new OwnAddresses();
    private final Routes routes;
    private final MemoryBudget memory;
    private final Map<String, Identities> realms = new ConcurrentHashMap<>();
    private final BackEnds backEnds;
    private final @Nullable Traces traces;
    private final Duration shutdownPhase;

    /**
     * @param traces of messages; null if nobody collects any
     * @param pace at which connections are ended; null if all are at once
     */
    ListenerFactory(
            BeanFactory beans,
            IntegrationFlowContext flows,
            ApplicationEventPublisher events,
            TaskScheduler scheduler,
            SslBundles bundles,
            Routes routes,
            MemoryBudget memory,
            BackEnds backEnds,
            @Nullable Traces traces,
            @Nullable DrainPace pace,
            Duration shutdownPhase) {
        this.beans = beans;
        this.flows = flows;
        this.ofTcp = new TcpTransport.Surroundings(beans, events, scheduler, bundles, memory, new DialTurns(), pace);
        this.routes = routes;
        this.memory = memory;
        this.backEnds = backEnds;
        this.traces = traces;
        this.shutdownPhase = shutdownPhase;
    }

    /** What a listener needs of the rest of a configuration. */
    record Surroundings(Map<String, ProtocolProperties> protocols, Function<String, Optional<Route>> routes) {}

    /** Those of the configuration that runs. */
    Surroundings surroundings(Map<String, ProtocolProperties> protocols) {
        return new Surroundings(protocols, routes::find);
    }

    Listener create(String name, ListenerProperties properties, Surroundings around) {
        Transport transport = transport(name, properties, settings(name, properties, around, new Traffic()));
        IntegrationFlowRegistration flow = flow(name, transport);
        Duration drain = shutdownPhase.compareTo(RESERVE.multipliedBy(2)) > 0
                ? shutdownPhase.minus(RESERVE)
                : shutdownPhase.dividedBy(2);
        return new Listener(name, properties, transport, flow, around.routes().apply(name), drain);
    }

    /**
     * Registers the line of one listener: inbound adapter, channel {@code <name>.inbound}, service activator. It comes
     * up stopped; its life is the listener's.
     */
    private IntegrationFlowRegistration flow(String name, Transport transport) {
        InboundChannel inbound = new InboundChannel();
        inbound.setBeanName(name + ".inbound");
        // Set before the flow is built, which would otherwise put a channel of its own and a bridge before this one.
        transport.adapter().setOutputChannel(inbound);
        IntegrationFlow flow = IntegrationFlow.from(transport.adapter())
                .handle(new InboundActivator(), endpoint -> endpoint.id(name + ".handler"))
                .get();
        return flows.registration(flow).id(name + ".flow").autoStartup(false).register();
    }

    /**
     * Prepares that a listener is another, of the same transport.
     *
     * @param heldByUs whether this process holds a port
     * @throws IOException if a port cannot be had
     * @throws ConfigurationException if an SSL bundle is not what it has to be
     */
    TransportChange change(Listener listener, ListenerProperties properties, Surroundings around, IntPredicate heldByUs)
            throws IOException {
        Transport transport = listener.transport();
        TransportSettings settings = settings(listener.name(), properties, around, transport.traffic());
        try {
            return switch (transport) {
                case TcpTransport tcp ->
                    tcp.change(settings, Objects.requireNonNull(properties.tcp()), properties.charset(), heldByUs);
                case UdpTransport udp -> udp.change(settings, Objects.requireNonNull(properties.udp()), heldByUs);
                default -> throw new IllegalStateException(transport + " cannot change");
            };
        } catch (BundleException ex) {
            throw notUsable(listener.name(), ex);
        }
    }

    /**
     * Tries the SSL bundle of a listener.
     *
     * @throws ConfigurationException if it is not what the listener needs
     */
    static void requireUsable(String name, ListenerProperties properties, RedeclaredBundles bundles) {
        TcpProperties tcp = properties.tcp();
        if (tcp != null
                && tcp.tls() != null
                && bundles.changes(String.valueOf(tcp.tls().bundle()))) {
            try {
                BundleCheck.requireUsable(name, tcp, bundles);
            } catch (BundleException ex) {
                throw notUsable(name, ex);
            }
        }
    }

    private TransportSettings settings(
            String name, ListenerProperties properties, Surroundings around, Traffic traffic) {
        Rules rules = ListenerProtocol.rules(properties, around.protocols());
        Frames frames = ListenerProtocol.frames(properties.framing());
        Charset charset = properties.charset();
        Function<String, Handler> ofBeans = Handlers.beans(beans, charset, properties.identity(), frames);
        Handler handler = Handlers.handler(
                rules,
                properties.identity(),
                frames,
                Handlers.handler(properties.reply(), charset, frames, ofBeans, reply -> backEnds.handler(name, reply)),
                traffic,
                ofBeans);
        return new TransportSettings(
                properties.framing(),
                properties.limits(),
                properties.timeouts(),
                properties.access(),
                identification(name, properties.identity()),
                new ServiceActivation(handler, Handlers.onFailure(properties.reply(), charset, frames)),
                handler.mayWait(),
                around.routes().apply(name).map(this::acceptance).orElse(Acceptance.AT_ONCE),
                properties.reply().after() == After.RECEIVED,
                properties.reply().answers()
                        || rules.all().stream()
                                .anyMatch(rule -> rule.properties().answers()),
                polls(properties, frames),
                properties.tap(),
                traffic,
                traces);
    }

    private Acceptance acceptance(Route route) {
        return traces == null ? route : traces.over(route);
    }

    private static @Nullable Polls polls(ListenerProperties properties, @Nullable Frames frames) {
        PollsProperties polls = properties.polls();
        if (!polls.any()) {
            return null;
        }
        return new Polls(
                polls.every().toNanos(),
                polls.timeout().toNanos(),
                properties.identity().required(),
                Stream.concat(
                                polls.hex().stream().map(hex -> PlainTemplate.hex(hex, frames)),
                                polls.text().stream()
                                        .map(text -> PlainTemplate.text(text, properties.charset(), frames)))
                        .<Polls.Poll>map(template -> template::render)
                        .toList());
    }

    /** Returns who of a realm is connected. */
    Identities identities(String realm) {
        return realms.computeIfAbsent(realm, _ -> new Identities());
    }

    private Identification identification(String listener, IdentityProperties identity) {
        return new Identification(
                identities(Objects.requireNonNullElse(identity.realm(), listener)),
                identity.twice(),
                identity.several(),
                identity.check() == null ? null : new IdentityCheck(listener, identity.check()),
                identity.from() == null ? null : ConnectedAs.parse(identity.from()));
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
            return new TcpTransport(name, settings, tcp, charset, ofTcp);
        } catch (BundleException ex) {
            throw notUsable(name, ex);
        }
    }

    private static ConfigurationException notUsable(String listener, BundleException ex) {
        return new ConfigurationException(List.of(
                new Problem("sluice.listeners." + listener + ".tcp.tls", String.valueOf(ex.getMessage()), null)));
    }
}
