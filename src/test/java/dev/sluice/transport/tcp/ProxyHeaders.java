package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** PROXY headers of version 2, right ones and others, built from their parts. */
final class ProxyHeaders {

    static final int LOCAL = 0x20;
    static final int PROXY = 0x21;

    /** Enough for any. */
    static final Holding MEMORY = new MemoryBudget(Long.MAX_VALUE).aside();

    private ProxyHeaders() {}

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** Of TCP over IPv4 or IPv6. */
    static byte[] binary(String source, int port, byte[]... extensions) {
        byte[] from = InetAddress.ofLiteral(source).getAddress();
        byte[] addresses = join(from, new byte[from.length], unsignedShort(port), unsignedShort(443));
        return binary(PROXY, from.length == 4 ? 0x11 : 0x21, join(addresses, join(extensions)));
    }

    static byte[] binary(int command, int family, byte[] rest) {
        return join(
                bytes("\r\n\r\n\0\r\nQUIT\n"),
                new byte[] {(byte) command, (byte) family},
                unsignedShort(rest.length),
                rest);
    }

    static byte[] extension(int type, byte[] value) {
        return join(new byte[] {(byte) type}, unsignedShort(value.length), value);
    }

    /** The header with a checksum behind all else. */
    static byte[] withChecksum(byte[] header) {
        byte[] checked = join(header, extension(0x03, new byte[4]));
        ByteBuffer buffer = ByteBuffer.wrap(checked);
        buffer.putShort(14, (short) (checked.length - 16));
        CRC32C checksum = new CRC32C();
        checksum.update(checked);
        buffer.putInt(checked.length - 4, (int) checksum.getValue());
        return checked;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] unsignedShort(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }
}
