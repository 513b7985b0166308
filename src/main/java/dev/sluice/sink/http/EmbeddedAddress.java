package dev.sluice.sink.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The IPv4 addresses that an IPv6 address may lead to by way of a translator or a tunnel. One that is mapped
 * ({@code ::ffff:0:0/96}) is an {@code Inet4Address} to Java already. A network's own prefix of NAT64 cannot be told
 * from any other.
 */
final class EmbeddedAddress {

    /**
     * IPv4-compatible; SIIT; the well-known prefix of NAT64; ISATAP, behind any prefix and with either universal bit.
     */
    private static final int[][] LAST_BYTES = {
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0},
        {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0},
        {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0x5E, 0xFE},
        {-1, -1, -1, -1, -1, -1, -1, -1, 2, 0, 0x5E, 0xFE},
    };

    /** The prefix of NAT64 for local use (RFC 8215), of which a network takes 48, 56, 64 or 96 bits. */
    private static final int[] LOCAL_NAT64 = {0, 0x64, 0xFF, 0x9B, 0, 1};

    /** Where the address is behind these (RFC 6052, 2.2); the ninth byte is left out. */
    private static final int[][] LOCAL_NAT64_BYTES = {{6, 7, 9, 10}, {7, 9, 10, 11}, {9, 10, 11, 12}, {12, 13, 14, 15}};

    private static final int[] SIX_TO_FOUR = {0x20, 0x02};
    private static final int[] TEREDO = {0x20, 1, 0, 0};

    private EmbeddedAddress() {}

    static Stream<InetAddress> allOf(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return Stream.empty();
        }
        byte[] bytes = address.getAddress();
        Stream<InetAddress> last =
                Stream.of(LAST_BYTES).filter(prefix -> begins(bytes, prefix)).map(_ -> at(bytes, 0, 12, 13, 14, 15));
        if (begins(bytes, SIX_TO_FOUR)) {
            return Stream.concat(last, Stream.of(at(bytes, 0, 2, 3, 4, 5)));
        }
        if (begins(bytes, TEREDO)) {
            // Its server, and the client behind it, whose address is inverted.
            return Stream.concat(last, Stream.of(at(bytes, 0, 4, 5, 6, 7), at(bytes, 0xFF, 12, 13, 14, 15)));
        }
        return begins(bytes, LOCAL_NAT64) ? Stream.of(LOCAL_NAT64_BYTES).map(places -> at(bytes, 0, places)) : last;
    }

    /**
     * @param prefix in which -1 is any byte
     */
    private static boolean begins(byte[] bytes, int[] prefix) {
        return IntStream.range(0, prefix.length).allMatch(i -> prefix[i] < 0 || prefix[i] == (bytes[i] & 0xFF));
    }

    private static InetAddress at(byte[] bytes, int inverted, int... places) {
        byte[] four = new byte[4];
        for (int i = 0; i < four.length; i++) {
            four[i] = (byte) (bytes[places[i]] ^ inverted);
        }
        return of(four);
    }

    /** Returns the address of these bytes, without a scope. */
    static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException ex) {
            throw new IllegalArgumentException("An address of " + bytes.length + " bytes", ex);
        }
    }
}
