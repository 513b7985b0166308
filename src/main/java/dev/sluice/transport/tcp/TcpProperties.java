package dev.sluice.transport.tcp;

import dev.sluice.check.Check;
import dev.sluice.message.AddressText;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * A TCP port, or devices that are servers and are dialled.
 *
 * @param address to bind: a literal or a name, IPv4 or IPv6
 * @param port to bind; 0 is any free one
 * @param backlog connections that the kernel may hold before they are accepted
 * @param greeting sent as written, in the listener's charset, to every peer that connects; none if absent
 * @param noDelay whether small segments are sent at once (TCP_NODELAY)
 * @param keepAlive whether the kernel probes a silent peer (SO_KEEPALIVE)
 * @param receiveBuffer of each connection (SO_RCVBUF); the system's if absent
 * @param sendBuffer of each connection (SO_SNDBUF); the system's if absent
 * @param proxyProtocol whether a proxy in front tells who the peer is
 * @param tls what connections are encrypted with; they are not if absent
 * @param connect in place of a port: the devices to dial, and again when their connections have ended, each as
 *     {@code host:port}
 * @param connectTimeout for one attempt to reach a device, with all the addresses of its name
 * @param connectMaxBackoff the longest wait between two attempts; it begins at a second and doubles
 */
public record TcpProperties(
        @DefaultValue("0.0.0.0") String address,
        @Nullable Integer port,
        @DefaultValue("128") int backlog,
        @Nullable String greeting,
        @DefaultValue("true") boolean noDelay,
        @DefaultValue("true") boolean keepAlive,
        @Nullable DataSize receiveBuffer,
        @Nullable DataSize sendBuffer,
        @NestedConfigurationProperty @DefaultValue ProxyProtocolProperties proxyProtocol,
        @NestedConfigurationProperty @Nullable TlsProperties tls,
        @DefaultValue List<String> connect,
        @DefaultValue("10s") Duration connectTimeout,
        @DefaultValue("1m") Duration connectMaxBackoff) {

    private static final List<String> OF_PORT = List.of("address", "port", "backlog");
    private static final List<String> OF_DIALLING = List.of("connect-timeout", "connect-max-backoff");
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration LONGEST_BACKOFF = Duration.ofDays(1);

    /** Returns whether devices are dialled, so that there is no port. */
    public boolean dials() {
        return !connect.isEmpty();
    }

    /**
     * Where peers connect, or whom it dials, in a few words: {@code 0.0.0.0:8888}, {@code to 10.0.0.7:4001 and 2 more}.
     */
    public String place() {
        if (!dials()) {
            return AddressText.bracketed(address) + ":" + port;
        }
        return "to " + connect.getFirst() + (connect.size() == 1 ? "" : " and " + (connect.size() - 1) + " more");
    }

    /** Says what is wrong with it. */
    public void check(Check check) {
        if (dials()) {
            checkDialling(check);
        } else if (check.says("connect") && !check.isReported("connect")) {
            check.report(
                    "connect", "is empty. Give the devices to dial, such as 10.0.0.7:4001, or 'port' in its place");
        } else {
            checkPort(check);
        }
        check.buffer("receive-buffer", receiveBuffer);
        check.buffer("send-buffer", sendBuffer);
        if (tls != null) {
            tls.check(check.at("tls"), dials());
        }
    }

    private void checkPort(Check check) {
        check.portToBind(port);
        check.address("address", address);
        check.that(backlog >= 1, "backlog", backlog + " is less than 1");
        proxyProtocol.check(check.at("proxy-protocol"));
        for (String key : OF_DIALLING) {
            check.that(!check.saysItself(key), key, "is only for devices that are dialled by 'connect'. Remove it");
        }
    }

    private void checkDialling(Check check) {
        for (String key : OF_PORT) {
            check.that(
                    !check.saysItself(key),
                    key,
                    "is for a port that peers connect to, and 'connect' dials instead. Remove one of the two");
        }
        check.that(
                !check.saysItself("proxy-protocol"),
                "proxy-protocol",
                "is for connections that proxies pass on, and 'connect' dials devices itself. Remove it");
        check.that(
                connectTimeout.isPositive() && connectTimeout.compareTo(LONGEST_TIMEOUT) <= 0,
                "connect-timeout",
                "must be more than 0 and at most 10m");
        check.that(
                connectMaxBackoff.compareTo(Duration.ofMillis(100)) >= 0
                        && connectMaxBackoff.compareTo(LONGEST_BACKOFF) <= 0,
                "connect-max-backoff",
                "must be from 100ms to 1d");
        Set<DeviceAddress> known = new HashSet<>();
        for (int i = 0; i < connect.size(); i++) {
            String text = connect.get(i);
            String key = check.says("connect[" + i + "]") ? "connect[" + i + "]" : "connect";
            check.parsed(key, () -> {
                if (!known.add(DeviceAddress.of(text))) {
                    throw new IllegalArgumentException("'" + text + "' is named twice. Remove one");
                }
            });
        }
    }
}
