package dev.sluice.transport.tcp;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.AddressText;
import dev.sluice.transport.Connections;
import dev.sluice.transport.Limits;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import dev.sluice.transport.SuppressingLog;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in. Each connection is asked about as soon as it is accepted, in an order in which nobody takes away what
 * others could have had: who may never come in takes no place, who has too many already takes none of those that the
 * listener has, and only who has got a place counts for the rate.
 *
 * <p>Where proxies tell whose connection it is, the one that is accepted is the proxy's: it has to be trusted, and
 * holds a place while its header is awaited. Access, address and rate are then those of whom the header names.
 *
 * <p>Threads: {@link #arrives} is called by the thread that accepts, {@link #enters} and {@link #leaves} by those of
 * connections.
 */
final class Door {

    private final Steering steering;
    private final Connections<?> connections;
    private final AddressLimit addresses = new AddressLimit();
    private final ConnectionRate rate = new ConnectionRate();
    private final MemoryBudget memory;
    private final SuppressingLog<Reason.Rejected> rejections;

    /**
     * @param rejections where it is told who is not let in
     */
    Door(
            Steering steering,
            Connections<?> connections,
            MemoryBudget memory,
            SuppressingLog<Reason.Rejected> rejections) {
        this.steering = steering;
        this.connections = connections;
        this.memory = memory;
        this.rejections = rejections;
    }

    /**
     * Somebody has connected. Answers whether to go on with that, having taken a place then; rejects it if not.
     *
     * @param terms whether it comes by way of a proxy, so that it still has to {@linkplain #enters enter}
     */
    boolean arrives(InetAddress address, PortTerms terms) {
        Reason.Rejected reason = terms.awaitsProxies() ? whyNotProxy(address, terms) : whyNot(address);
        if (reason == null && !memory.hasRoom()) {
            turnsBack(address, terms);
            reason = Reason.Rejected.MEMORY;
        }
        if (reason != null) {
            reject(reason, address, why(reason));
        }
        return reason == null;
    }

    /** The place of one who has arrived by these terms is free again: no connection came of it. */
    void turnsBack(InetAddress address, PortTerms terms) {
        connections.release();
        if (!terms.awaitsProxies()) {
            leaves(address);
        }
    }

    /**
     * A proxy that holds a place has said whose connection it is. Answers whether it is let in; rejects it if not. The
     * place is the caller's to give back.
     *
     * @param source the address that counts
     * @param own whether it is the proxy's own connection, which is trusted already
     */
    boolean enters(InetAddress source, boolean own) {
        Reason.Rejected reason = !own && !steering.settings().access().permits(source)
                ? Reason.Rejected.ACCESS_DENIED
                : whyNotNow(source);
        if (reason != null) {
            reject(reason, source, why(reason));
        }
        return reason == null;
    }

    /** Somebody who was let in has gone. */
    void leaves(InetAddress address) {
        addresses.release(address);
    }

    /** Counts and tells that a connection is not let in. */
    void reject(Reason.Rejected reason, InetAddress address, String why) {
        steering.settings().traffic().rejected(reason).increment();
        rejections.warn(reason, () -> "rejected a connection from " + AddressText.of(address) + ": " + why);
    }

    private Reason.@Nullable Rejected whyNotProxy(InetAddress address, PortTerms terms) {
        if (!terms.trusts(address)) {
            return Reason.Rejected.UNTRUSTED_PROXY;
        }
        return connections.tryAcquire(steering.settings().limits().maxConnections())
                ? null
                : Reason.Rejected.MAX_CONNECTIONS;
    }

    private Reason.@Nullable Rejected whyNot(InetAddress address) {
        if (!steering.settings().access().permits(address)) {
            return Reason.Rejected.ACCESS_DENIED;
        }
        if (!connections.tryAcquire(steering.settings().limits().maxConnections())) {
            return Reason.Rejected.MAX_CONNECTIONS;
        }
        Reason.Rejected reason = whyNotNow(address);
        if (reason != null) {
            connections.release();
        }
        return reason;
    }

    /** The address of one who may come in at all is counted, if there is room for it and it is not too fast. */
    private Reason.@Nullable Rejected whyNotNow(InetAddress address) {
        Limits limits = steering.settings().limits();
        if (!addresses.tryAcquire(address, limits.maxConnectionsPerAddress())) {
            return Reason.Rejected.MAX_CONNECTIONS_PER_ADDRESS;
        }
        if (!rate.tryAcquire(limits.connectionsPerSecond())) {
            leaves(address);
            return Reason.Rejected.CONNECTIONS_PER_SECOND;
        }
        return null;
    }

    private static String why(Reason.Rejected reason) {
        return switch (reason) {
            case MAX_CONNECTIONS -> "there are as many as 'limits.max-connections' allows";
            case MAX_CONNECTIONS_PER_ADDRESS -> "it has as many as 'limits.max-connections-per-address' allows";
            case CONNECTIONS_PER_SECOND ->
                "there were as many in the last second as 'limits.connections-per-second' allows";
            case ACCESS_DENIED -> "'access' does not permit it";
            case UNTRUSTED_PROXY -> "it is none of the proxies in 'tcp.proxy-protocol.trusted'";
            case MEMORY -> "all connections hold as much as 'sluice.memory.limit' allows";
            case PROXY_HEADER, PROXY_TIMEOUT -> reason.text();
        };
    }
}
