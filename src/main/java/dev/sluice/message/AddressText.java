package dev.sluice.message;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How an IP address stands in logs, JSON, headers, templates and the names of files: one text for each address, that of
 * RFC 5952. An IPv4 address mapped into IPv6 is the IPv4 address. There is no scope, as {@code %eth0}: it says by which
 * interface this machine reaches a neighbour, and so means nothing to others, nor after a restart.
 */
public final class AddressText {

    private static final int GROUPS = 8;
    private static final byte[] MAPPED_PREFIX = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private AddressText() {}

    /** The address alone: {@code 192.0.2.1}, {@code 2001:db8::1}. */
    public static String of(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        return isMapped(bytes) ? mapped(bytes) : compressed(bytes);
    }

    /** Address and port: {@code 192.0.2.1:80}, {@code [2001:db8::1]:80}. */
    public static String of(InetSocketAddress address) {
        return bracketed(of(address.getAddress())) + ":" + address.getPort();
    }

    /** A name or a literal, as it stands before a port: a literal of IPv6 in brackets, if it has none yet. */
    public static String bracketed(String host) {
        return host.indexOf(':') < 0 || host.startsWith("[") ? host : "[" + host + "]";
    }

    /** Java makes IPv4 addresses of these itself, but not where a scope was given. */
    private static boolean isMapped(byte[] bytes) {
        int length = MAPPED_PREFIX.length;
        return Arrays.equals(bytes, 0, length, MAPPED_PREFIX, 0, length);
    }

    private static String mapped(byte[] bytes) {
        return IntStream.range(MAPPED_PREFIX.length, bytes.length)
                .mapToObj(i -> Integer.toString(bytes[i] & 0xFF))
                .collect(Collectors.joining("."));
    }

    /** The longest run of zero groups, of equal ones the first, is left out if it is more than one group. */
    private static String compressed(byte[] bytes) {
        int left = -1;
        int most = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = zeros(bytes, i);
            if (run > most) {
                left = i;
                most = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == left) {
                text.append("::");
                i += most - 1;
            } else {
                text.append(i == 0 || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(group(bytes, i)));
            }
        }
        return text.toString();
    }

    private static int zeros(byte[] bytes, int first) {
        int i = first;
        while (i < GROUPS && group(bytes, i) == 0) {
            i++;
        }
        return i - first;
    }

    private static int group(byte[] bytes, int index) {
        return (bytes[2 * index] & 0xFF) << 8 | bytes[2 * index + 1] & 0xFF;
    }
}
