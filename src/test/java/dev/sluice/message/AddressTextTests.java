package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTests {

    /** Those of RFC 5952, sections 4 and 5, among them. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:FFFF, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "1:0:0:0:0:0:0:0, 1::",
        "0:0:0:0:0:0:1:0, ::1:0",
        "0:1:0:1:0:1:0:1, 0:1:0:1:0:1:0:1",
        "::ffff:192.0.2.1, 192.0.2.1"
    })
    void anAddressHasOneText(String literal, String text) {
        assertThat(AddressText.of(InetAddress.ofLiteral(literal))).isEqualTo(text);
    }

    @Test
    void theScopeIsLeftOut() throws UnknownHostException {
        byte[] bytes = InetAddress.ofLiteral("fe80::1:2").getAddress();

        assertThat(AddressText.of(Inet6Address.getByAddress(null, bytes, 1))).isEqualTo("fe80::1:2");
    }

    @Test
    void anIpv4AddressMappedIntoIpv6IsThatAlsoWithAScope() throws UnknownHostException {
        byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 1};

        assertThat(AddressText.of(Inet6Address.getByAddress(null, bytes, 1))).isEqualTo("192.0.2.1");
    }

    @Test
    void onlyIpv6IsInBracketsBeforeAPort() {
        assertThat(AddressText.of(new InetSocketAddress(InetAddress.ofLiteral("::1"), 80)))
                .isEqualTo("[::1]:80");
        assertThat(AddressText.of(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 80)))
                .isEqualTo("192.0.2.1:80");
        assertThat(AddressText.bracketed("[::1]")).isEqualTo("[::1]");
        assertThat(AddressText.bracketed("localhost")).isEqualTo("localhost");
    }

    @Test
    void whatIsWrittenIsReadAsTheSameAddress() throws UnknownHostException {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[16];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = random.nextInt(3) == 0 ? (byte) random.nextInt() : 0;
            }
            InetAddress address = InetAddress.getByAddress(bytes);
            String text = AddressText.of(address);

            assertThat(InetAddress.ofLiteral(text)).isEqualTo(address);
            assertThat(text).doesNotContain(":::").matches("[0-9a-f:.]+");
        }
    }
}
