package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.transport.tcp.ProxyHeader.InvalidException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/** Version 1 of the PROXY protocol, a line: {@code PROXY TCP4 192.0.2.1 198.51.100.1 56324 443} CR LF. */
final class ProxyHeaderV1 {

    static final byte[] START = "PROXY ".getBytes(ISO_8859_1);

    /** With the CR LF that ends it. */
    private static final int LONGEST = 107;
    /** Behind {@link #START}: family, source and destination, their ports. */
    private static final int FIELDS = 5;

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String IPV4 = OCTET + "(?:\\." + OCTET + "){3}";
    private static final Pattern IPV4_ADDRESS = Pattern.compile(IPV4);
    /**
     * The JDK knows which of these are addresses; by itself it would take more, as names of interfaces and long
     * numbers.
     */
    private static final Pattern IPV6_ADDRESS =
            Pattern.compile("[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4})+(?:(?<=:)" + IPV4 + ")?");

    private static final Pattern PORT = Pattern.compile("0|[1-9]\\d{0,4}");
    private static final int LAST_PORT = 65535;

    private ProxyHeaderV1() {}

    /** Reads what is behind {@link #START}. */
    static ProxyHeader read(InputStream in) throws IOException {
        String[] fields = readLine(in).split(" ", -1);
        if (fields[0].equals("UNKNOWN")) {
            return ProxyHeader.UNKNOWN;
        }
        if (fields.length != FIELDS) {
            throw new InvalidException("its line has not six fields");
        }
        InetAddress source = address(fields[0], fields[1]);
        int port = port(fields[3]);
        address(fields[0], fields[2]);
        port(fields[4]);
        return ProxyHeader.of(new InetSocketAddress(source, port));
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(LONGEST);
        int before = 0;
        while (line.length() < LONGEST - START.length) {
            int next = ProxyHeader.next(in);
            line.append((char) next);
            if (before == '\r' && next == '\n') {
                return line.substring(0, line.length() - 2);
            }
            before = next;
        }
        throw new InvalidException("its line does not end");
    }

    private static InetAddress address(String family, String text) throws InvalidException {
        try {
            if (family.equals("TCP4") && IPV4_ADDRESS.matcher(text).matches()) {
                return Inet4Address.ofLiteral(text);
            }
            if (family.equals("TCP6") && IPV6_ADDRESS.matcher(text).matches()) {
                return Inet6Address.ofLiteral(text);
            }
        } catch (IllegalArgumentException ex) {
            throw new InvalidException("its line has an address that is none");
        }
        throw new InvalidException("its line has an address that is none of TCP4 or TCP6");
    }

    private static int port(String text) throws InvalidException {
        int port = PORT.matcher(text).matches() ? Integer.parseInt(text) : Integer.MAX_VALUE;
        if (port > LAST_PORT) {
            throw new InvalidException("its line has a port that is none");
        }
        return port;
    }
}
