package dev.sluice.listener;

import dev.sluice.delivery.Route;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.transport.Transport;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.integration.dsl.context.IntegrationFlowContext.IntegrationFlowRegistration;

/** A managed port. Its life is steered by any thread, one at a time; what it is can be asked at any moment. */
public final class Listener {

    private static final Logger log = LoggerFactory.getLogger(Listener.class);

    private final String name;
    private final Transport transport;
    private final IntegrationFlowRegistration flow;
    private final Duration drainTimeout;
    private final ReentrantLock steering = new ReentrantLock();
    private volatile ListenerProperties properties;
    private volatile Optional<Route> route;
    private volatile ListenerState state = ListenerState.STOPPED;
    private volatile @Nullable String failure;

    /**
     * @param flow from the transport's adapter to the end of handling
     * @param route of the messages to their sinks; nothing if they have none
     * @param drainTimeout how long a stop waits for what is in progress
     */
    Listener(
            String name,
            ListenerProperties properties,
            Transport transport,
            IntegrationFlowRegistration flow,
            Optional<Route> route,
            Duration drainTimeout) {
        this.name = name;
        this.properties = properties;
        this.transport = transport;
        this.flow = flow;
        this.route = route;
        this.drainTimeout = drainTimeout;
        route.ifPresent(left -> {
            // As if this run had received what an earlier one left to it.
            transport.traffic().received.add(left.inherited());
            transport.traffic().accepted.add(left.inherited());
        });
    }

    public String name() {
        return name;
    }

    public ListenerProperties properties() {
        return properties;
    }

    public ListenerState state() {
        return state;
    }

    /** Why the last start failed; nothing if it did not. */
    public Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    public Transport transport() {
        return transport;
    }

    /** Of its messages to their sinks; nothing if it has none. */
    public Optional<Route> route() {
        return route;
    }

    /** Its life stays as it is until {@link #letGo}. Called by the thread that changes it. */
    void hold() {
        steering.lock();
    }

    void letGo() {
        steering.unlock();
    }

    /** It is declared otherwise, and its transport has been changed accordingly. */
    void become(ListenerProperties declared, Optional<Route> way) {
        properties = declared;
        route = way;
    }

    /** It has lost its port. */
    void fail(String reason) {
        failure = reason;
        state = ListenerState.FAILED;
        log.error("Listener '{}': {}", name, reason);
    }

    /** Stops, and leaves the application. */
    void remove() {
        stop();
        flow.destroy();
    }

    /**
     * Takes the port and begins; does nothing if it has. When this returns, peers can connect.
     *
     * @throws ListenerException if the port cannot be had; the listener is FAILED then
     */
    public void start() {
        steering.lock();
        try {
            switch (state) {
                case RUNNING -> {}
                case STOPPED, FAILED -> begin();
                default -> throw refused("start");
            }
        } finally {
            steering.unlock();
        }
    }

    private void begin() {
        state = ListenerState.STARTING;
        failure = null;
        try {
            route.ifPresent(open -> open.refuseHeld(false));
            transport.bind();
            flow.start();
            state = ListenerState.RUNNING;
            log.info("Listener '{}': {} {}, {}", name, transport.name(), place(), properties.summary());
        } catch (IOException ex) {
            failure = describe(ex);
            state = ListenerState.FAILED;
            throw new ListenerException(name, failure, ex);
        } catch (RuntimeException ex) {
            failure = "cannot start: " + ex.getMessage();
            release();
            state = ListenerState.FAILED;
            throw new ListenerException(name, failure, ex);
        }
    }

    private String place() {
        return transport
                .localAddress()
                .map(bound -> declaredAddress().orElse(bound).getHostString() + " port " + bound.getPort())
                .orElseGet(
                        () -> properties.tcp() == null ? "" : properties.tcp().place());
    }

    /** Gives back what a start that failed half way has taken. */
    private void release() {
        try {
            transport.drain(Duration.ZERO);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } finally {
            flow.stop();
        }
    }

    private String describe(IOException ex) {
        return describe(ex, declaredAddress(properties).orElseThrow());
    }

    /** Says why an address cannot be had. */
    static String describe(IOException ex, InetSocketAddress wanted) {
        String where = "port " + wanted.getPort() + " on " + wanted.getHostString();
        return switch (ex) {
            case BindException bind
            when String.valueOf(bind.getMessage()).contains("in use") ->
                where + " is in use. Choose another, or stop what holds it";
            case BindException bind
            when String.valueOf(bind.getMessage()).contains("Permission denied") ->
                where + " is privileged. Choose one from 1024 on, or grant CAP_NET_BIND_SERVICE";
            case BindException bind
            when String.valueOf(bind.getMessage()).contains("assign") ->
                "address " + wanted.getHostString() + " is not of this machine. Choose one that is, or 0.0.0.0 for all";
            case UnknownHostException unknown ->
                "address " + wanted.getHostString()
                        + " cannot be resolved. Write a literal, or a name that is known here";
            default -> where + " cannot be opened: " + ex.getMessage();
        };
    }

    /** Address and port as declared, unresolved; nothing for one that dials. */
    public Optional<InetSocketAddress> declaredAddress() {
        return declaredAddress(properties);
    }

    /** The same of one that is declared so. */
    static Optional<InetSocketAddress> declaredAddress(ListenerProperties properties) {
        if (properties.udp() != null) {
            return unresolved(properties.udp().address(), properties.udp().port());
        }
        if (properties.tcp() != null && !properties.tcp().dials()) {
            return unresolved(properties.tcp().address(), properties.tcp().port());
        }
        return Optional.empty();
    }

    private static Optional<InetSocketAddress> unresolved(String address, @Nullable Integer port) {
        return Optional.of(InetSocketAddress.createUnresolved(address, port == null ? 0 : port));
    }

    /** Ends what is in progress, answers it and closes; does nothing if stopped. */
    public void stop() {
        steering.lock();
        try {
            switch (state) {
                case STOPPED -> {}
                case FAILED -> {
                    failure = null;
                    state = ListenerState.STOPPED;
                }
                default -> drain();
            }
        } finally {
            steering.unlock();
        }
    }

    private void drain() {
        state = ListenerState.DRAINING;
        route.ifPresent(open -> open.refuseHeld(true));
        try {
            transport.drain(drainTimeout);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            log.warn("Listener '{}': interrupted while it drained; what was in progress is cut off", name);
        } finally {
            flow.stop();
            state = ListenerState.STOPPED;
            log.info("Listener '{}': stopped", name);
        }
    }

    /** Neither accepts nor reads until resumed; does nothing if paused. */
    public void pause() {
        steering.lock();
        try {
            switch (state) {
                case PAUSED -> {}
                case RUNNING -> {
                    transport.pause();
                    state = ListenerState.PAUSED;
                    log.info("Listener '{}': paused", name);
                }
                default -> throw refused("pause");
            }
        } finally {
            steering.unlock();
        }
    }

    /** Ends a pause; does nothing if running. */
    public void resume() {
        steering.lock();
        try {
            switch (state) {
                case RUNNING -> {}
                case PAUSED -> {
                    transport.resume();
                    state = ListenerState.RUNNING;
                    log.info("Listener '{}': resumed", name);
                }
                default -> throw refused("resume");
            }
        } finally {
            steering.unlock();
        }
    }

    private ListenerException refused(String action) {
        return new ListenerException(name, "cannot " + action + " while " + state, null);
    }
}
