package dev.sluice.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A range of IP addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3): {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one
 * address alone. An IPv4 address mapped into IPv6 ({@code ::ffff:10.0.0.1}) is the IPv4 address.
 */
public final class Cidr {

    private final byte[] network;
    private final int prefix;

    private Cidr(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /**
     * Reads a range. No name is looked up.
     *
     * @throws IllegalArgumentException if the text is none, or has bits set behind its prefix
     */
    public static Cidr of(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] network = InetAddress.ofLiteral(address).getAddress();
        int most = network.length * Byte.SIZE;
        int prefix = slash < 0 ? most : prefix(text.substring(slash + 1), most);
        if (slash >= 0 && network.length == 4 && address.indexOf(':') >= 0) {
            throw new IllegalArgumentException("a mapped address is written as IPv4");
        }
        Cidr cidr = new Cidr(network, prefix);
        if (!cidr.hasNoBitBehindPrefix()) {
            throw new IllegalArgumentException("bits are set behind the prefix");
        }
        return cidr;
    }

    private static int prefix(String text, int most) {
        if (text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("the prefix is no number");
        }
        int prefix = Integer.parseInt(text);
        if (prefix > most) {
            throw new IllegalArgumentException("the prefix is longer than the address");
        }
        return prefix;
    }

    private boolean hasNoBitBehindPrefix() {
        for (int bit = prefix; bit < network.length * Byte.SIZE; bit++) {
            if ((network[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether the range holds the address. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        int whole = prefix >> 3;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != network[i]) {
                return false;
            }
        }
        int rest = prefix & 7;
        return rest == 0 || ((bytes[whole] ^ network[whole]) & (0xFF00 >> rest) & 0xFF) == 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && toString().equals(cidr.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
