package dev.sluice.transport.tcp;

import static dev.sluice.transport.tcp.ProxyHeaders.LOCAL;
import static dev.sluice.transport.tcp.ProxyHeaders.PROXY;
import static dev.sluice.transport.tcp.ProxyHeaders.binary;
import static dev.sluice.transport.tcp.ProxyHeaders.bytes;
import static dev.sluice.transport.tcp.ProxyHeaders.extension;
import static dev.sluice.transport.tcp.ProxyHeaders.join;
import static dev.sluice.transport.tcp.ProxyHeaders.withChecksum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol as HAProxy's proxy-protocol.txt (2020/03/05) has it. */
final class ProxyHeaderTests {

    private static final byte[] FOLLOWS = bytes("hello\r\nPROXY TCP4 what follows is no header\r\n");

    /** Once from a stream that gives all at once and once byte by byte; what follows the header is left each time. */
    private static ProxyHeader read(byte[] header) throws IOException {
        ProxyHeader atOnce = read(new ByteArrayInputStream(join(header, FOLLOWS)));
        InputStream dripping = new ByteArrayInputStream(join(header, FOLLOWS)) {
            @Override
            public int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(1, length));
            }
        };
        assertThat(read(dripping)).isEqualTo(atOnce);
        return atOnce;
    }

    private static ProxyHeader read(InputStream socket) throws IOException {
        HeaderInput in = new HeaderInput(socket);
        ProxyHeader header = ProxyHeader.read(in, ProxyHeaders.MEMORY);
        assertThat(in.available()).isEqualTo(FOLLOWS.length);
        assertThat(in.readAllBytes()).isEqualTo(FOLLOWS);
        return header;
    }

    private static ProxyHeader of(String address, int port) {
        return ProxyHeader.of(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    }

    private static void assertInvalid(byte[] header) {
        assertThatExceptionOfType(ProxyHeader.InvalidException.class).isThrownBy(() -> read(header));
    }

    @ParameterizedTest
    @CsvSource({
        "TCP4 192.0.2.1 198.51.100.1 56324 443, 192.0.2.1, 56324",
        "TCP4 255.255.255.255 0.0.0.0 65535 0, 255.255.255.255, 65535",
        "TCP4 0.0.0.0 0.0.0.0 0 0, 0.0.0.0, 0",
        "TCP6 2001:db8::1 ::1 56324 443, 2001:db8::1, 56324",
        "TCP6 :: :: 1 2, ::, 1",
        "TCP6 2001:DB8:0000:0:00:000:a:1 1:2:3:4:5:6:7:8 1 2, 2001:db8::a:1, 1",
        "TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535,"
                + " ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 65535",
        // how HAProxy writes a connection whose ends are not of one family
        "TCP6 ::ffff:192.0.2.1 2001:db8::1 1 2, 192.0.2.1, 1"
    })
    void aLineTellsTheSource(String line, String address, int port) throws IOException {
        assertThat(read(bytes("PROXY " + line + "\r\n"))).isEqualTo(of(address, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UNKNOWN",
                "UNKNOWN ",
                "UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535",
                "UNKNOWN \n whatever \r else\0"
            })
    void aLineMayNotKnowTheSource(String line) throws IOException {
        assertThat(read(bytes("PROXY " + line + "\r\n"))).isEqualTo(ProxyHeader.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy TCP4 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY  TCP4 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY\tTCP4 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 \r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 1\r\n",
                "PROXY TCP4  198.51.100.1 56324 443\r\n",
                "PROXY TCP5 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY UDP4 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY unknown\r\n",
                "PROXY UNKNOWN\tx\r\n",
                "PROXY \r\n",
                "PROXY TCP4 2001:db8::1 ::1 56324 443\r\n",
                "PROXY TCP6 192.0.2.1 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.01 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.256 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.1. 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 localhost 198.51.100.1 56324 443\r\n",
                "PROXY TCP4 192.0.2.1 example.org 56324 443\r\n",
                "PROXY TCP6 2001:db8::1%lo ::1 56324 443\r\n",
                "PROXY TCP6 [2001:db8::1] ::1 56324 443\r\n",
                "PROXY TCP6 2001:db8::1::2 ::1 56324 443\r\n",
                "PROXY TCP6 02001:db8::1 ::1 56324 443\r\n",
                "PROXY TCP6 1:2:3:4:5:6:7 ::1 56324 443\r\n",
                "PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 56324 443\r\n",
                "PROXY TCP6 :1:2:3:4:5:6:7 ::1 56324 443\r\n",
                "PROXY TCP6 ::ffff:192.0.2.256 ::1 56324 443\r\n",
                "PROXY TCP6 ::ffff:192.0.2 ::1 56324 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 056324 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 +5632 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 -1 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 99999999999\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\r\n",
                "PROXY TCP4 192.0.2.1\n198.51.100.1 56324 443\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "\r\n\r\n\0\r\nQUIT\r\n",
                "\u0016\u0003\u0001\u0002\0\u0001\0\u0001ü\u0003\u0003"
            })
    void anythingElseIsNoLine(String line) {
        assertInvalid(bytes(line));
    }

    @Test
    void aLineIsNoLongerThan107() throws IOException {
        String unknown = "PROXY UNKNOWN ";

        assertThat(read(bytes(unknown + "x".repeat(107 - unknown.length() - 2) + "\r\n")))
                .isEqualTo(ProxyHeader.UNKNOWN);
        assertInvalid(bytes(unknown + "x".repeat(108 - unknown.length() - 2) + "\r\n"));
    }

    @Test
    void theBinaryHeaderTellsTheSource() throws IOException {
        assertThat(read(binary("192.0.2.1", 56324))).isEqualTo(of("192.0.2.1", 56324));
        assertThat(read(binary("2001:db8::1", 65535))).isEqualTo(of("2001:db8::1", 65535));
        byte[] mapped = join(new byte[10], new byte[] {-1, -1, 10, 1, 2, 3}, new byte[16], new byte[] {0, 7, 0, 0});
        assertThat(read(binary(PROXY, 0x21, mapped))).isEqualTo(of("10.1.2.3", 7));
    }

    @Test
    void whatTheProxySaysForItselfIsItsOwnConnection() throws IOException {
        assertThat(read(binary(LOCAL, 0x00, new byte[0]))).isEqualTo(ProxyHeader.LOCAL);
        // Whatever else it says is not looked at.
        assertThat(read(binary(LOCAL, 0x11, new byte[12]))).isEqualTo(ProxyHeader.LOCAL);
        assertThat(read(binary(LOCAL, 0xFF, new byte[5]))).isEqualTo(ProxyHeader.LOCAL);
        assertThat(read(binary(LOCAL, 0x00, new byte[65_535]))).isEqualTo(ProxyHeader.LOCAL);
    }

    @Test
    void whatIsNotTcpOverIpHasNoSource() throws IOException {
        assertThat(read(binary(PROXY, 0x00, new byte[0]))).isEqualTo(ProxyHeader.UNKNOWN);
        assertThat(read(binary(PROXY, 0x00, new byte[100]))).isEqualTo(ProxyHeader.UNKNOWN);
        assertThat(read(binary(PROXY, 0x12, new byte[12]))).isEqualTo(ProxyHeader.UNKNOWN);
        assertThat(read(binary(PROXY, 0x22, new byte[36]))).isEqualTo(ProxyHeader.UNKNOWN);
        assertThat(read(binary(PROXY, 0x31, new byte[216]))).isEqualTo(ProxyHeader.UNKNOWN);
        assertThat(read(binary(PROXY, 0x32, new byte[216]))).isEqualTo(ProxyHeader.UNKNOWN);
    }

    @Test
    void whatTheProtocolDoesNotKnowIsInvalid() {
        for (int command = 0; command < 256; command++) {
            if (command != LOCAL && command != PROXY) {
                assertInvalid(binary(command, 0x11, new byte[12]));
            }
        }
        for (int family : new int[] {0x01, 0x02, 0x10, 0x13, 0x20, 0x23, 0x30, 0x33, 0x41, 0xFF}) {
            assertInvalid(binary(PROXY, family, new byte[216]));
        }
    }

    @ParameterizedTest
    @CsvSource({"0x11, 11", "0x12, 11", "0x21, 35", "0x22, 35", "0x31, 215", "0x32, 215", "0x11, 0"})
    void addressesAreWhole(String family, int length) {
        assertInvalid(binary(PROXY, Integer.decode(family), new byte[length]));
    }

    @Test
    void extensionsArePassedOver() throws IOException {
        byte[] authority = extension(0x02, bytes("example.org\r\n\u001b[31m"));
        byte[] tls = extension(0x20, join(new byte[] {7, 0, 0, 0, 0}, extension(0x22, bytes("CN=peer"))));
        byte[] padding = extension(0x04, new byte[0]);

        assertThat(read(binary("192.0.2.1", 1, authority, tls, padding))).isEqualTo(of("192.0.2.1", 1));
        assertThat(read(binary("2001:db8::1", 1, extension(0xEA, new byte[65_535 - 36 - 3]))))
                .isEqualTo(of("2001:db8::1", 1));
    }

    @Test
    void extensionsAreWhole() {
        assertInvalid(binary("192.0.2.1", 1, new byte[] {4}));
        assertInvalid(binary("192.0.2.1", 1, new byte[] {4, 0}));
        assertInvalid(binary("192.0.2.1", 1, new byte[] {4, 0, 1}));
        assertInvalid(binary("192.0.2.1", 1, extension(4, new byte[9]), new byte[] {4, -1, -1, 0}));
    }

    @Test
    void aChecksumHasToBeRight() throws IOException {
        byte[] right = withChecksum(binary("192.0.2.1", 1, extension(0x02, bytes("example.org"))));
        assertThat(read(right)).isEqualTo(of("192.0.2.1", 1));

        for (int i = 16; i < right.length; i++) {
            byte[] changed = right.clone();
            changed[i] ^= 1;
            // A length that is changed may hide the checksum.
            if (i < 28 || i > 30 && i < right.length - 7 || i > right.length - 5) {
                assertInvalid(changed);
            }
        }
        assertInvalid(binary("192.0.2.1", 1, extension(0x03, new byte[0])));
        assertInvalid(binary("192.0.2.1", 1, extension(0x03, new byte[5])));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16})
    void aHeaderThatIsCutShortIsNone(int addressBytes) {
        byte[] binary = withChecksum(binary(addressBytes == 4 ? "192.0.2.1" : "2001:db8::1", 1));
        for (byte[] header : new byte[][] {binary, bytes("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n")}) {
            for (int length = 1; length < header.length; length++) {
                InputStream cut = new ByteArrayInputStream(header, 0, length);
                assertThatExceptionOfType(EOFException.class)
                        .isThrownBy(() -> ProxyHeader.read(new HeaderInput(cut), ProxyHeaders.MEMORY));
            }
        }
    }

    @Test
    void aStreamThatEndsBeforeItBeginsHasNoHeader() throws IOException {
        assertThat(ProxyHeader.read(InputStream.nullInputStream(), ProxyHeaders.MEMORY))
                .isNull();
    }

    /** Whoever waits for what never comes would hold a place until the deadline. */
    @Test
    void whatIsNoneIsKnownAtTheFirstByteThatIsWrong() {
        for (String start : new String[] {"G", "PRI", "\r\n\r\n\r", "\u0016"}) {
            InputStream endless = new InputStream() {
                private int at;

                @Override
                public int read() {
                    assertThat(at).as("Bytes read").isLessThan(start.length());
                    return start.charAt(at++);
                }
            };
            assertThatExceptionOfType(ProxyHeader.InvalidException.class)
                    .isThrownBy(() -> ProxyHeader.read(endless, ProxyHeaders.MEMORY));
        }
    }
}
