package dev.sluice.sink.http;

import dev.sluice.message.AddressText;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps requests from link-local addresses and from those where clouds hand out credentials, so that a url, or the DNS
 * that it is looked up in, cannot turn messages into requests to them.
 *
 * <p>Asked before each request. The client looks the name up once more, but finds what the guard has found: Java keeps
 * addresses for 30 seconds (the security property {@code networkaddress.cache.ttl}, which is not to be 0).
 */
public final class LinkLocalGuard {

    /**
     * AWS (IPv6), Google Cloud (IPv6), Alibaba Cloud, Oracle Cloud, Azure; all others answer at a link-local address.
     */
    private static final Set<InetAddress> METADATA = Set.of(
            InetAddress.ofLiteral("fd00:ec2::254"),
            InetAddress.ofLiteral("fd20:ce::254"),
            InetAddress.ofLiteral("100.100.100.200"),
            InetAddress.ofLiteral("192.0.0.192"),
            InetAddress.ofLiteral("168.63.129.16"));

    private final URI uri;

    public LinkLocalGuard(URI uri) {
        this.uri = uri;
    }

    /** Why the server must not be called now; empty if it may be. */
    public Optional<String> refusal() {
        try {
            for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
                if (isForbidden(address)) {
                    return Optional.of(uri.getHost() + " is at " + AddressText.of(address)
                            + ", a link-local or cloud metadata address; allow-link-local permits it");
                }
            }
            return Optional.empty();
        } catch (UnknownHostException ex) {
            return proxied() ? Optional.empty() : Optional.of("unknown host " + uri.getHost());
        }
    }

    /** Where a proxy looks names up, we need not be able to. */
    private boolean proxied() {
        ProxySelector selector = ProxySelector.getDefault();
        return selector != null && selector.select(uri).stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT);
    }

    static boolean isForbidden(InetAddress address) {
        return address.isLinkLocalAddress()
                || METADATA.contains(EmbeddedAddress.of(address.getAddress()))
                || EmbeddedAddress.allOf(address).anyMatch(LinkLocalGuard::isForbidden);
    }
}
