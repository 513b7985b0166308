package dev.sluice.management.security;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Where logins come from: an IPv4 address, or the network of an IPv6 one, whose hosts are all its owner's. */
final class Sources {

    private static final int NETWORK_BYTES = 8;
    private static final int MOST_CHARACTERS = 64;

    private Sources() {}

    static String of(Authentication login) {
        return login.getDetails() instanceof WebAuthenticationDetails details && details.getRemoteAddress() != null
                ? of(details.getRemoteAddress())
                : "";
    }

    /**
     * @param remote most probably an address; what a proxy in front has written, if its headers are believed
     */
    static String of(String remote) {
        try {
            return InetAddress.ofLiteral(remote) instanceof Inet6Address six
                    ? HexFormat.of().formatHex(six.getAddress(), 0, NETWORK_BYTES)
                    : remote;
        } catch (IllegalArgumentException _) {
            return remote.substring(0, Math.min(remote.length(), MOST_CHARACTERS));
        }
    }
}
