package dev.sluice.listener.configuration;

import dev.sluice.transport.tcp.TcpProperties;
import dev.sluice.transport.udp.UdpProperties;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds listeners that want a port that another listener has, or that Sluice is managed by; those that are disabled
 * count too, since they can be started.
 */
final class PortConflicts {

    private record Claim(
            String owner,
            String transport,
            InetAddress address,
            int port,
            @Nullable String group) {

        boolean overlaps(Claim other) {
            return transport.equals(other.transport)
                    && port == other.port
                    && (address.isAnyLocalAddress()
                            || other.address.isAnyLocalAddress()
                            || address.equals(other.address))
                    && !(group != null && other.group != null && !group.equals(other.group));
        }
    }

    private final List<Claim> claims = new ArrayList<>();
    private final List<Declared<ListenerProperties>> listeners;

    PortConflicts(List<ManagementPorts.Port> management, List<Declared<ListenerProperties>> listeners) {
        this.listeners = listeners;
        for (ManagementPorts.Port port : management) {
            resolve(port.address())
                    .ifPresent(address -> claims.add(new Claim(port.owner(), "tcp", address, port.number(), null)));
        }
    }

    void check() {
        for (Declared<ListenerProperties> listener : listeners) {
            TcpProperties tcp = listener.properties().tcp();
            if (tcp != null) {
                claim(listener, "tcp", tcp.address(), tcp.port(), null);
            }
            UdpProperties udp = listener.properties().udp();
            if (udp != null) {
                claim(
                        listener,
                        "udp",
                        udp.address(),
                        udp.port(),
                        udp.multicast() != null ? udp.multicast().group() : null);
            }
        }
    }

    private void claim(
            Declared<ListenerProperties> listener,
            String transport,
            String address,
            @Nullable Integer port,
            @Nullable String group) {
        if (port == null || port == 0) {
            return;
        }
        String key = transport + ".port";
        String owner = "listener '" + listener.name() + "'"
                + listener.where(key)
                        .map(setting -> " (" + setting.place() + ")")
                        .orElse("");
        resolve(address)
                .map(resolved -> new Claim(owner, transport, resolved, port, group))
                .ifPresent(claim -> {
                    claims.stream()
                            .filter(claim::overlaps)
                            .findFirst()
                            .ifPresent(earlier -> listener.report(
                                    key,
                                    port + " is also the port of " + earlier.owner()
                                            + ". Choose another port or address"));
                    claims.add(claim);
                });
    }

    /** Empty for an address that is not known, which is reported by itself. */
    private static Optional<InetAddress> resolve(String address) {
        try {
            return Optional.of(InetAddress.getByName(address));
        } catch (UnknownHostException ex) {
            return Optional.empty();
        }
    }
}
