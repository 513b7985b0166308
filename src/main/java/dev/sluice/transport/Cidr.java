package dev.sluice.transport;

import dev.sluice.message.AddressText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A range of IP addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3): {@code 10.0.0.0/8}, {@code 2001:db8::/32},
 * or one address alone. An IPv4 address mapped into IPv6 ({@code ::ffff:10.0.0.1}) is the IPv4 address.
 */
public final class Cidr {

    /** Of what Java reads as an address, what everybody does: not 10.1, nor 010.0.0.1, nor the name of an interface. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?:0|[1-9]\\d{0,2})(?:\\.(?:0|[1-9]\\d{0,2})){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private static final Pattern PREFIX = Pattern.compile("\\d{1,3}");
    private static final String NO_ADDRESS =
            "its address is none. Write one such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32";

    private final byte[] network;
    private final int prefix;

    private Cidr(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /**
     * Reads a range. No name is looked up.
     *
     * @throws IllegalArgumentException if the text is none, or has bits set behind its prefix; says what would be right
     */
    public static Cidr of(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] network = network(address);
        int most = network.length * Byte.SIZE;
        if (slash < 0) {
            return new Cidr(network, most);
        }
        if (network.length == 4 && address.indexOf(':') >= 0) {
            throw new IllegalArgumentException("a range of IPv4 addresses is written as such, not as IPv6");
        }
        Cidr written = new Cidr(network, prefix(text.substring(slash + 1), most));
        Cidr whole = new Cidr(written.withoutBitsBehindPrefix(), written.prefix);
        if (!written.equals(whole)) {
            throw new IllegalArgumentException("bits are set behind its prefix. Write " + whole);
        }
        return whole;
    }

    private static byte[] network(String address) {
        try {
            if (ADDRESS.matcher(address).matches()) {
                return InetAddress.ofLiteral(address).getAddress();
            }
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(NO_ADDRESS, ex);
        }
        throw new IllegalArgumentException(NO_ADDRESS);
    }

    private static int prefix(String text, int most) {
        int prefix = PREFIX.matcher(text).matches() ? Integer.parseInt(text) : Integer.MAX_VALUE;
        if (prefix > most) {
            throw new IllegalArgumentException("its prefix is not a number from 0 to " + most);
        }
        return prefix;
    }

    private byte[] withoutBitsBehindPrefix() {
        byte[] cut = network.clone();
        for (int bit = prefix; bit < cut.length * Byte.SIZE; bit++) {
            cut[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
        }
        return cut;
    }

    /** Whether any of the ranges holds the address. */
    public static boolean anyContains(List<Cidr> ranges, InetAddress address) {
        if (ranges.isEmpty()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        for (Cidr range : ranges) {
            if (range.contains(bytes)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the range holds the address. */
    public boolean contains(InetAddress address) {
        return contains(address.getAddress());
    }

    private boolean contains(byte[] bytes) {
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
            return AddressText.of(InetAddress.getByAddress(network)) + "/" + prefix;
        } catch (UnknownHostException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
