package dev.sluice.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.springframework.integration.endpoint.MessageProducerSupport;

/**
 * The socket side of a listener: feeds an inbound channel adapter and answers through {@link dev.sluice.message.Peer}.
 * Its life is steered by one thread at a time: bind, then start and stop of the adapter, then again.
 */
public interface Transport {

    /** {@code tcp} or {@code udp}. */
    String name();

    /** Hands messages to its output channel; started after {@link #bind()}, stopped after {@link #drain}. */
    MessageProducerSupport adapter();

    /**
     * Takes the port: when this returns, peers can connect or send.
     *
     * @throws IOException if the port cannot be had; nothing is left open then
     */
    void bind() throws IOException;

    /** What is bound, or nothing while stopped. */
    Optional<InetSocketAddress> localAddress();

    /** Neither accepts nor reads; connections stay. */
    void pause();

    void resume();

    /** Takes nothing new, ends what is in progress, answers it, and closes everything by the deadline at the latest. */
    void drain(Duration deadline) throws InterruptedException;

    Traffic traffic();

    /** Returns how many open connections these lists would not admit. */
    default int notAdmitted(Access access) {
        return 0;
    }

    /**
     * Ends the connections whose framing is no longer that of the listener: each between two frames, or when the time
     * has passed. Returns at once.
     *
     * @return how many these are
     */
    default int endOutdated(Duration within) {
        return 0;
    }

    /** Where operators look at what comes and goes. */
    Tap tap();

    /** Returns the devices that are dialled; nothing for a port. */
    default Optional<Devices> devices() {
        return Optional.empty();
    }

    /** The open connections; none for UDP. */
    Collection<? extends Connection> connections();

    Optional<? extends Connection> connection(String id);

    /** Returns the newest open connection of a device, by its identity. */
    default Optional<? extends Connection> identified(String identity) {
        return Optional.empty();
    }

    /**
     * Datagrams that the kernel dropped because nobody took them in time; nothing for TCP or if the system does not
     * tell.
     */
    default Optional<Long> datagramsDroppedByKernel() {
        return Optional.empty();
    }
}
