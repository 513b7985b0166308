package dev.sluice.transport.tcp;

import static dev.sluice.transport.tcp.ProxyHeaders.LOCAL;
import static dev.sluice.transport.tcp.ProxyHeaders.PROXY;
import static dev.sluice.transport.tcp.ProxyHeaders.binary;
import static dev.sluice.transport.tcp.ProxyHeaders.bytes;
import static dev.sluice.transport.tcp.ProxyHeaders.extension;
import static dev.sluice.transport.tcp.ProxyHeaders.join;
import static dev.sluice.transport.tcp.ProxyHeaders.withChecksum;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Headers changed at random, read by us and by Netty: both have to agree on whether it is one, where it ends and what
 * it says. Where they do not, it is for one of the reasons known, each of which names what the protocol says of it.
 */
final class ProxyHeaderMutationTests {

    private static final byte[] FOLLOWS = bytes("\u0016\u0003\u0001 what follows\r\n");
    private static final String INTERESTING = "\r\n 0123456789abcdefF:.%[]+-\0\u007f\u00ff";

    private static final List<byte[]> VALID = List.of(
            bytes("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"),
            bytes("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n"),
            bytes("PROXY TCP4 10.0.0.1 0.0.0.0 1 0\r\n"),
            bytes("PROXY TCP6 2001:db8::1 ::1 56324 443\r\n"),
            bytes("PROXY TCP6 1:2:3:4:5:6:7:8 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
            bytes("PROXY TCP6 ::ffff:192.0.2.1 fe80::a:b:c:d 80 8080\r\n"),
            bytes("PROXY UNKNOWN\r\n"),
            bytes("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
                    + " 65535 65535\r\n"),
            binary(LOCAL, 0x00, new byte[0]),
            binary(LOCAL, 0x11, new byte[12]),
            binary(PROXY, 0x00, new byte[0]),
            binary(PROXY, 0x00, new byte[20]),
            binary("192.0.2.1", 56324),
            binary("2001:db8::1", 56324),
            binary("192.0.2.1", 56324, extension(0x02, bytes("example.org")), extension(0x04, new byte[5])),
            binary("2001:db8::1", 1, extension(0x20, join(bytes("\u0007\0\0\0\0"), extension(0x21, bytes("TLSv1.3"))))),
            withChecksum(binary("192.0.2.1", 56324, extension(0x01, bytes("h2")))),
            withChecksum(binary("2001:db8::1", 443)),
            binary(PROXY, 0x12, new byte[12]),
            binary(PROXY, 0x22, new byte[36]),
            binary(PROXY, 0x31, new byte[216]),
            binary(PROXY, 0x32, new byte[220]));

    /**
     * What somebody makes of a stream that begins like this and then ends.
     *
     * @param kind of what it says
     * @param left how many bytes it leaves for others
     */
    private record Reading(Kind kind, @Nullable InetSocketAddress source, int left) {

        enum Kind {
            INVALID,
            OF_PROXY,
            OF_PEER
        }

        static final Reading INVALID = new Reading(Kind.INVALID, null, 0);

        boolean isValid() {
            return kind != Kind.INVALID;
        }
    }

    private static Reading ours(byte[] stream) throws IOException {
        HeaderInput in = new HeaderInput(new ByteArrayInputStream(stream));
        try {
            ProxyHeader header = ProxyHeader.read(in, ProxyHeaders.MEMORY);
            if (header == null) {
                return Reading.INVALID;
            }
            Reading.Kind kind = header.source() == null ? Reading.Kind.OF_PROXY : Reading.Kind.OF_PEER;
            return new Reading(kind, header.source(), in.available());
        } catch (ProxyHeader.InvalidException | EOFException ex) {
            return Reading.INVALID;
        }
    }

    private static Reading nettys(byte[] stream) {
        EmbeddedChannel channel = new EmbeddedChannel(new HAProxyMessageDecoder());
        try {
            channel.writeInbound(Unpooled.wrappedBuffer(stream));
            HAProxyMessage message = channel.readInbound();
            return message == null ? Reading.INVALID : reading(message, channel.readInbound());
        } catch (DecoderException ex) {
            return Reading.INVALID;
        } finally {
            release(channel);
        }
    }

    private static Reading reading(HAProxyMessage message, @Nullable ByteBuf left) {
        int bytes = left == null ? 0 : left.readableBytes();
        ReferenceCountUtil.release(left);
        HAProxyProxiedProtocol protocol = message.proxiedProtocol();
        String source = message.sourceAddress();
        int port = message.sourcePort();
        boolean ofPeer = message.command() == HAProxyCommand.PROXY
                && (protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6);
        message.release();
        return ofPeer
                ? new Reading(
                        Reading.Kind.OF_PEER,
                        new InetSocketAddress(InetAddress.ofLiteral(source.replaceAll("[\\[\\]]|%.*", "")), port),
                        bytes)
                : new Reading(Reading.Kind.OF_PROXY, null, bytes);
    }

    private static void release(EmbeddedChannel channel) {
        try {
            channel.finishAndReleaseAll();
        } catch (DecoderException ex) {
            // What is left over is read once more, and is no header either.
        }
    }

    @Test
    void agreesWithAnotherDecoder() throws IOException {
        check(0, 20_000);
    }

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void agreesWithAnotherDecoderAMillionTimes() throws IOException {
        check(1, 1_000_000);
    }

    private static void check(int seed, int count) throws IOException {
        Random random = new Random(seed);
        Map<Difference, Integer> differences = new EnumMap<>(Difference.class);
        int valid = 0;
        for (int i = 0; i < count; i++) {
            byte[] stream = join(mutated(random), FOLLOWS);
            Reading ours = ours(stream);
            Reading nettys = nettys(stream);
            valid += ours.isValid() ? 1 : 0;
            if (!ours.equals(nettys)) {
                Difference difference = Difference.of(stream, ours, nettys);
                assertThat(difference)
                        .as(
                                "%d: %s %n%s%nwe: %s%nNetty: %s",
                                i,
                                new String(stream, ISO_8859_1),
                                HexFormat.of().formatHex(stream),
                                ours,
                                nettys)
                        .isNotNull();
                differences.merge(difference, 1, Integer::sum);
            }
        }
        System.out.printf(
                "%,d PROXY headers, %,d of them valid; not agreed on, for reasons known: %s%n",
                count, valid, differences);
        // Else they would not say much.
        assertThat(valid).isBetween(count / 10, count * 9 / 10);
    }

    private static byte[] mutated(Random random) {
        byte[] header = VALID.get(random.nextInt(VALID.size())).clone();
        for (int n = random.nextInt(4); n > 0; n--) {
            header = mutated(header, random);
        }
        return header;
    }

    private static byte[] mutated(byte[] header, Random random) {
        if (header.length == 0) {
            return header;
        }
        int at = random.nextInt(header.length);
        int to = Math.min(header.length, at + 1 + random.nextInt(4));
        byte interesting = (byte) INTERESTING.charAt(random.nextInt(INTERESTING.length()));
        byte[] before = Arrays.copyOf(header, at);
        byte[] behind = Arrays.copyOfRange(header, to, header.length);
        switch (random.nextInt(8)) {
            case 0 -> header[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> header[at] = interesting;
            case 2 -> header[at] = (byte) random.nextInt(256);
            case 3 -> {
                return join(before, new byte[] {interesting}, Arrays.copyOfRange(header, at, header.length));
            }
            case 4 -> {
                return join(before, behind);
            }
            case 5 -> {
                return join(header, Arrays.copyOfRange(header, at, to), behind);
            }
            case 6 -> {
                byte[] other = VALID.get(random.nextInt(VALID.size()));
                return join(before, Arrays.copyOfRange(other, Math.min(at, other.length), other.length));
            }
            default -> {
                // The length, so that what follows counts as part of it, or the other way round.
                if (header.length > 15) {
                    header[15] = (byte) Math.max(0, header[15] + random.nextInt(9) - 4);
                }
            }
        }
        return header;
    }

    /** Why we and Netty may make something else of the same bytes; the numbers are sections of proxy-protocol.txt. */
    private enum Difference {
        /** 2.1: without CR LF in the first 107 characters, the line is invalid. Netty takes three more. */
        LINE_OF_MORE_THAN_107 {
            @Override
            boolean explains(byte[] stream, Reading ours, Reading nettys) {
                return onlyNettys(ours, nettys)
                        && isLine(stream)
                        && line(stream).length() > 105;
            }
        },
        /** 2.1: neither zeros nor a sign in front of a number. Netty takes them. */
        NUMBER_OF_ANOTHER_FORM {
            @Override
            boolean explains(byte[] stream, Reading ours, Reading nettys) {
                return onlyNettys(ours, nettys)
                        && isLine(stream)
                        && line(stream).matches(".*[ .:](?:0\\d|\\+).*");
            }
        },
        /** 2.1: the destination's port is followed by CR LF. Netty takes spaces there. */
        SPACE_AT_THE_END {
            @Override
            boolean explains(byte[] stream, Reading ours, Reading nettys) {
                return onlyNettys(ours, nettys)
                        && isLine(stream)
                        && line(stream).endsWith(" ");
            }
        },
        /** 2.1: an address is of 128 bits. Netty takes the name of an interface behind it, and brackets around it. */
        ADDRESS_WITH_MORE {
            @Override
            boolean explains(byte[] stream, Reading ours, Reading nettys) {
                return onlyNettys(ours, nettys)
                        && isLine(stream)
                        && line(stream).matches("PROXY TCP6 .*[%\\[].*");
            }
        },
        /** 2.1: a port is from 0 on. Netty refuses 0. */
        PORT_0 {
            @Override
            boolean explains(byte[] stream, Reading ours, Reading nettys) {
                return onlyOurs(ours, nettys) && isLine(stream) && line(stream).matches(".* 0(?: .*)?");
            }
        },
        /** RFC 4291, 2.2: any IPv6 address may end like an IPv4 address. Netty takes that of few. */
        IPV6_THAT_ENDS_LIKE_IPV4 {
            @Override
            boolean explains(byte[] stream, Reading ours, Reading nettys) {
                return onlyOurs(ours, nettys) && isLine(stream) && line(stream).matches("PROXY TCP6 .*\\..*");
            }
        },
        /** 2.2: all bytes behind the addresses are extensions. Netty leaves up to three at the end that make none. */
        BYTES_BEHIND_EXTENSIONS {
            @Override
            boolean explains(byte[] stream, Reading ours, Reading nettys) {
                return onlyNettys(ours, nettys) && !isLine(stream) && Extensions.of(stream).left > 0;
            }
        },
        /** 2.2.3: a checksum that is not right makes the header invalid. Netty does not look at it. */
        WRONG_CHECKSUM {
            @Override
            boolean explains(byte[] stream, Reading ours, Reading nettys) {
                return onlyNettys(ours, nettys)
                        && !isLine(stream)
                        && Extensions.of(stream).types.contains(0x03);
            }
        },
        /**
         * 2.2: a receiver may skip extensions. Netty looks into that about TLS (2.2.6), and refuses it if not
         * well-formed.
         */
        EXTENSION_PASSED_OVER {
            @Override
            boolean explains(byte[] stream, Reading ours, Reading nettys) {
                return onlyOurs(ours, nettys)
                        && !isLine(stream)
                        && Extensions.of(stream).types.contains(0x20);
            }
        };

        static @Nullable Difference of(byte[] stream, Reading ours, Reading nettys) {
            return Arrays.stream(values())
                    .filter(difference -> difference.explains(stream, ours, nettys))
                    .findFirst()
                    .orElse(null);
        }

        abstract boolean explains(byte[] stream, Reading ours, Reading nettys);

        private static boolean onlyOurs(Reading ours, Reading nettys) {
            return ours.isValid() && !nettys.isValid();
        }

        private static boolean onlyNettys(Reading ours, Reading nettys) {
            return !ours.isValid() && nettys.isValid();
        }

        private static boolean isLine(byte[] stream) {
            return stream[0] == 'P';
        }

        /** Up to the first CR LF. */
        private static String line(byte[] stream) {
            return new String(stream, ISO_8859_1).split("\r\n", 2)[0];
        }
    }

    /**
     * The extensions of a binary header that is long enough for its addresses.
     *
     * @param left how many bytes at its end make no extension
     */
    private record Extensions(Set<Integer> types, int left) {

        static Extensions of(byte[] stream) {
            Map<Integer, Integer> addresses = Map.of(0x11, 12, 0x12, 12, 0x21, 36, 0x22, 36, 0x31, 216, 0x32, 216);
            ByteBuffer header = ByteBuffer.wrap(stream);
            header.limit(16 + (header.getShort(14) & 0xFFFF));
            header.position(16 + addresses.get((int) stream[13]));
            Set<Integer> types = new HashSet<>();
            while (header.remaining() >= 3) {
                int length = header.getShort(header.position() + 1) & 0xFFFF;
                if (length > header.remaining() - 3) {
                    break;
                }
                types.add(header.get() & 0xFF);
                header.position(header.position() + 2 + length);
            }
            return new Extensions(types, header.remaining());
        }
    }
}
