package dev.sluice.listener.configuration;

import dev.sluice.message.AddressText;
import dev.sluice.transport.Limits;
import dev.sluice.transport.Timeouts;
import dev.sluice.transport.tcp.ProxyProtocolProperties;
import dev.sluice.transport.tcp.ProxyProtocolProperties.Mode;
import dev.sluice.transport.tcp.TcpProperties;
import dev.sluice.transport.tcp.TlsProperties;
import dev.sluice.transport.tcp.TlsProperties.ClientAuth;
import dev.sluice.transport.udp.UdpProperties;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.unit.DataSize;

/** What a port, and what waits at it, can be. */
final class TransportRules {

    private static final int MOST_RECEIVERS = 64;
    static final Duration LONGEST = Duration.ofDays(36_525); // whose nanoseconds can still be counted

    private final Declared<ListenerProperties> listener;
    private final ConfigurableEnvironment environment;

    TransportRules(Declared<ListenerProperties> listener, ConfigurableEnvironment environment) {
        this.listener = listener;
        this.environment = environment;
    }

    void check() {
        boolean tcp = listener.says("tcp");
        boolean udp = listener.says("udp");
        if (tcp && udp) {
            listener.report("", "has both 'tcp' and 'udp'. Make two listeners of it");
        } else if (!tcp && !udp && !listener.isExplained("tcp") && !listener.isExplained("udp")) {
            listener.report("", "has neither 'tcp' nor 'udp'. Give it one, with a 'port'");
        }
        checkRates(listener.properties().limits());
        if (tcp) {
            checkTcp(listener.properties().tcp());
            checkConnections(listener.properties().limits());
            checkTimeouts(listener.properties().timeouts());
        }
        if (udp) {
            checkUdp(listener.properties().udp());
            if (!tcp) {
                checkMeaningless();
            }
        }
    }

    private void checkTcp(@Nullable TcpProperties tcp) {
        checkPort("tcp", tcp != null ? tcp.port() : null);
        if (tcp != null) {
            resolve("tcp.address", tcp.address());
            atLeastOne("tcp.backlog", tcp.backlog());
            checkBuffer("tcp.receive-buffer", tcp.receiveBuffer());
            checkBuffer("tcp.send-buffer", tcp.sendBuffer());
            checkProxies(tcp.proxyProtocol());
            if (tcp.tls() != null) {
                checkTls(tcp.tls());
            } else if (listener.says("tcp.tls")) {
                listener.report(
                        "tcp.tls", "is empty, so that nothing would be encrypted. Give it a 'bundle', or remove it");
            }
        }
    }

    private void checkConnections(Limits limits) {
        atLeastOne("limits.max-connections", limits.maxConnections());
        notNegative("limits.max-connections-per-address", limits.maxConnectionsPerAddress());
        notNegative("limits.connections-per-second", limits.connectionsPerSecond());
    }

    private void checkProxies(ProxyProtocolProperties proxies) {
        String trusted = "tcp.proxy-protocol.trusted";
        if (proxies.mode() == Mode.REQUIRED && proxies.trusted().isEmpty()) {
            listener.reportMissing(
                    trusted,
                    "is empty, so that nobody could connect. Give your proxies, such as 10.0.0.5 or 10.0.0.0/24");
        } else if (proxies.mode() == Mode.OFF
                && !proxies.trusted().isEmpty()
                && !listener.says("tcp.proxy-protocol.mode")) {
            listener.report(trusted, "means nothing while 'mode' is not 'required'. Say which it is to be");
        }
    }

    private void checkTls(TlsProperties tls) {
        String bundle = tls.bundle();
        if (bundle == null || bundle.isEmpty()) {
            listener.reportMissing("tcp.tls.bundle", "is missing. Give the name of a bundle under 'spring.ssl.bundle'");
            return;
        }
        DeclaredBundles bundles = new DeclaredBundles(environment);
        bundles.check(listener, "tcp.tls.bundle", bundle);
        if (tls.clientAuth() != ClientAuth.NONE) {
            bundles.checkTruststore(listener, "tcp.tls.client-auth", bundle);
        }
    }

    private void checkUdp(@Nullable UdpProperties udp) {
        checkPort("udp", udp != null ? udp.port() : null);
        if (udp == null) {
            return;
        }
        Optional<InetAddress> address = resolve("udp.address", udp.address());
        checkBuffer("udp.receive-buffer", udp.receiveBuffer());
        if (udp.maxReplyFactor() < 0) {
            listener.report("udp.max-reply-factor", udp.maxReplyFactor() + " is negative. Give 0 to send no replies");
        }
        if (udp.receivers() < 1 || udp.receivers() > MOST_RECEIVERS) {
            listener.report("udp.receivers", udp.receivers() + " is not from 1 to " + MOST_RECEIVERS);
        }
        if (udp.multicast() != null) {
            checkMulticast(udp.multicast(), address);
            if (udp.receivers() > 1) {
                listener.report(
                        "udp.receivers",
                        "must be 1 for multicast: each of " + udp.receivers() + " would get every datagram");
            }
        }
    }

    private void checkPort(String transport, @Nullable Integer port) {
        String key = transport + ".port";
        if (port == null) {
            listener.reportMissing(key, "is missing. Give a port from 1 to 65535, or 0 for any free one");
        } else if (port < 0 || port > 65535) {
            listener.report(key, port + " is not a port. Give one from 1 to 65535, or 0 for any free one");
        }
    }

    private void atLeastOne(String key, int value) {
        if (value < 1) {
            listener.report(key, value + " is less than 1");
        }
    }

    private void notNegative(String key, int value) {
        if (value < 0) {
            listener.report(key, value + " is negative. Give 0 for no limit");
        }
    }

    private void checkBuffer(String key, @Nullable DataSize size) {
        if (size != null && (size.toBytes() < 1 || size.toBytes() > Integer.MAX_VALUE)) {
            listener.report(key, size + " is not from 1B to 2047MB");
        }
    }

    private void checkRates(Limits limits) {
        if (limits.messagesPerSecond() < 0) {
            listener.report(
                    "limits.messages-per-second", limits.messagesPerSecond() + " is negative. Give 0 for no limit");
        }
        if (limits.bytesPerSecond().isNegative()) {
            listener.report("limits.bytes-per-second", limits.bytesPerSecond() + " is negative. Give 0 for no limit");
        }
    }

    private void checkTimeouts(Timeouts timeouts) {
        checkDuration("timeouts.idle", timeouts.idle());
        checkDuration("timeouts.frame", timeouts.frame());
        checkDuration("timeouts.handshake", timeouts.handshake());
        checkDuration("timeouts.write", timeouts.write());
        checkDuration("timeouts.session", timeouts.session());
    }

    private void checkDuration(String key, Duration duration) {
        if (duration.isNegative()) {
            listener.report(key, "is negative. Give 0 to wait for ever");
        } else if (duration.compareTo(LONGEST) > 0) {
            listener.report(key, "is more than a hundred years. Give 0 to wait for ever");
        }
    }

    private void checkMulticast(UdpProperties.Multicast multicast, Optional<InetAddress> address) {
        String group = multicast.group();
        if (group == null || group.isEmpty()) {
            listener.reportMissing("udp.multicast.group", "is missing. Give the address of a group, such as 239.1.1.1");
        } else {
            resolve("udp.multicast.group", group).ifPresent(resolved -> {
                if (!resolved.isMulticastAddress()) {
                    listener.report(
                            "udp.multicast.group",
                            "'" + group + "' is not a multicast address, such as 239.1.1.1 or ff02::1:3");
                } else if (address.isPresent()
                        && !address.get().isAnyLocalAddress()
                        && address.get().getClass() != resolved.getClass()) {
                    listener.report(
                            "udp.multicast.group",
                            "'" + group + "' and the address '" + AddressText.of(address.get())
                                    + "' are not both IPv4 or both IPv6");
                }
            });
        }
        if (multicast.networkInterface() != null) {
            checkInterface(multicast.networkInterface());
        }
    }

    private void checkInterface(String name) {
        try {
            if (NetworkInterface.getByName(name) == null) {
                List<String> names = NetworkInterface.networkInterfaces()
                        .map(NetworkInterface::getName)
                        .toList();
                listener.report(
                        "udp.multicast.interface",
                        "there is no interface '" + name + "'. There are " + String.join(", ", names));
            }
        } catch (SocketException ex) {
            listener.report("udp.multicast.interface", "'" + name + "' cannot be looked up: " + ex.getMessage());
        }
    }

    private Optional<InetAddress> resolve(String key, String address) {
        try {
            return Optional.of(InetAddress.getByName(address));
        } catch (UnknownHostException ex) {
            listener.report(key, "'" + address + "' is neither an IP address nor a host that is known here");
            return Optional.empty();
        }
    }

    private void checkMeaningless() {
        for (List<String> path : TcpOnly.KEYS) {
            String key = String.join(".", path);
            if (listener.saysItself(key)) {
                String why = path.getFirst().equals("framing")
                        ? "with udp one datagram is one message"
                        : "a datagram comes over no connection";
                listener.report(key, "is only for tcp: " + why + ". Remove it");
            }
        }
    }
}
