package dev.sluice.listener.configuration;

import dev.sluice.listener.ListenerProperties;
import dev.sluice.transport.tcp.TcpProperties;
import dev.sluice.transport.udp.UdpProperties;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds listeners that want one port; those that are disabled count too, since they can be started. */
final class PortConflicts {

    private record Claim(
            Declared<ListenerProperties> listener,
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

    PortConflicts(List<Declared<ListenerProperties>> listeners) {
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

    void check() {
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            claims.subList(0, i).stream()
                    .filter(claim::overlaps)
                    .findFirst()
                    .ifPresent(earlier -> report(claim, earlier));
        }
    }

    private static void report(Claim claim, Claim earlier) {
        String key = claim.transport() + ".port";
        String where = earlier.listener()
                .where(key)
                .map(setting -> " (" + setting.place() + ")")
                .orElse("");
        claim.listener()
                .report(
                        key,
                        claim.port() + " is also the port of listener '"
                                + earlier.listener().name() + "'" + where + ". Choose another port or address");
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
        try {
            claims.add(new Claim(listener, transport, InetAddress.getByName(address), port, group));
        } catch (UnknownHostException ex) {
            // an address that is not known is reported by itself
        }
    }
}
