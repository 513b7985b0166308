package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.memory.Holding;
import dev.sluice.transport.tcp.ProxyHeader.InvalidException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Version 2 of the PROXY protocol: a signature, version and command, family and protocol, the length of what follows,
 * then addresses and, behind them, extensions as type, length and value. All that counts of these is a checksum, if
 * there is one.
 */
final class ProxyHeaderV2 {

    static final byte[] START = "\r\n\r\n\0\r\nQUIT\n".getBytes(ISO_8859_1);

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;

    /** Type and length. */
    private static final int EXTENSION_START = 3;

    /** So much is part of what a connection is reckoned to take anyway. */
    private static final int SHORT = 2048;

    private static final int CHECKSUM = 0x03;
    private static final int CHECKSUM_BYTES = 4;

    private ProxyHeaderV2() {}

    /** Reads what is behind {@link #START}. */
    static ProxyHeader read(InputStream in, Holding memory) throws IOException {
        int command = ProxyHeader.next(in);
        if (command != LOCAL && command != PROXY) {
            throw new InvalidException("its version is not 2, or its command neither LOCAL nor PROXY");
        }
        int family = ProxyHeader.next(in);
        int length = ProxyHeader.next(in) << 8 | ProxyHeader.next(in);
        byte[] rest = rest(in, length, memory);
        if (rest.length < length) {
            throw new EOFException("the stream ended within it");
        }
        if (command == LOCAL) {
            // Whatever else it says is to be disregarded.
            return ProxyHeader.LOCAL;
        }
        return switch (family) {
            case 0x00 -> ProxyHeader.UNKNOWN;
            case 0x11 -> addresses(4, family, rest);
            case 0x21 -> addresses(16, family, rest);
            // Datagrams and local sockets: nobody connects to a TCP port from there.
            case 0x12 -> unknown(12, family, rest);
            case 0x22 -> unknown(36, family, rest);
            case 0x31, 0x32 -> unknown(216, family, rest);
            default -> throw new InvalidException("its address family or its protocol is none");
        };
    }

    /** Takes memory as bytes come, not as they are announced; reckons with all of it if that is much. */
    private static byte[] rest(InputStream in, int length, Holding memory) throws IOException {
        if (length <= SHORT) {
            return in.readNBytes(length);
        }
        if (!memory.tryGrow(length)) {
            throw new SocketException("Socket closed");
        }
        try {
            return in.readNBytes(length);
        } finally {
            memory.shrink(length);
        }
    }

    private static ProxyHeader addresses(int bytes, int family, byte[] rest) throws IOException {
        checkForm(2 * bytes + 2 * Short.BYTES, family, rest);
        InetAddress source = InetAddress.getByAddress(Arrays.copyOf(rest, bytes));
        return ProxyHeader.of(new InetSocketAddress(source, unsignedShort(rest, 2 * bytes)));
    }

    private static ProxyHeader unknown(int addresses, int family, byte[] rest) throws InvalidException {
        checkForm(addresses, family, rest);
        return ProxyHeader.UNKNOWN;
    }

    /** The addresses are there, and behind them whole extensions. */
    private static void checkForm(int addresses, int family, byte[] rest) throws InvalidException {
        if (rest.length < addresses) {
            throw new InvalidException("it is too short for its addresses");
        }
        int at = addresses;
        while (at < rest.length) {
            int value = at + EXTENSION_START;
            int next = value <= rest.length ? value + unsignedShort(rest, at + 1) : Integer.MAX_VALUE;
            if (next > rest.length) {
                throw new InvalidException("it is too short for its extensions");
            }
            if (rest[at] == CHECKSUM) {
                checkChecksum(value, next, family, rest);
            }
            at = next;
        }
    }

    /** Over all of the header, with zeros in place of the checksum itself. */
    private static void checkChecksum(int from, int to, int family, byte[] rest) throws InvalidException {
        CRC32C checksum = new CRC32C();
        checksum.update(START);
        checksum.update(new byte[] {PROXY, (byte) family, (byte) (rest.length >> 8), (byte) rest.length});
        checksum.update(rest, 0, from);
        checksum.update(new byte[CHECKSUM_BYTES]);
        checksum.update(rest, to, rest.length - to);
        if (to - from != CHECKSUM_BYTES || ByteBuffer.wrap(rest).getInt(from) != (int) checksum.getValue()) {
            throw new InvalidException("its checksum is not right");
        }
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getShort(at) & 0xFFFF;
    }
}
