package dev.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CidrTests {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0",
        "10.0.0.0/8, 10.255.255.255",
        "0.0.0.0/0, 203.0.113.9",
        "192.0.2.4/30, 192.0.2.7",
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1/32, 192.0.2.1",
        "2001:db8::/32, 2001:db8:ffff::1",
        "2001:db8:8000::/33, 2001:db8:8000::1",
        "::/0, 2001:db8::1",
        "::1, ::1",
        // IPv4 that came by an IPv6 socket
        "10.0.0.0/8, ::ffff:10.1.2.3",
        "::ffff:10.1.2.3, 10.1.2.3"
    })
    void holds(String range, String address) {
        assertThat(Cidr.of(range).contains(InetAddress.ofLiteral(address))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 11.0.0.0",
        "10.0.0.0/8, 9.255.255.255",
        "192.0.2.4/30, 192.0.2.8",
        "192.0.2.4/30, 192.0.2.3",
        "192.0.2.1, 192.0.2.2",
        "2001:db8::/32, 2001:db9::1",
        "2001:db8:8000::/33, 2001:db8:7fff::1",
        "::1, ::2",
        "0.0.0.0/0, 2001:db8::1",
        "::/0, 203.0.113.9",
        "::/0, ::ffff:203.0.113.9"
    })
    void doesNotHold(String range, String address) {
        assertThat(Cidr.of(range).contains(InetAddress.ofLiteral(address))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "192.0.2.1, 192.0.2.1/32",
        "2001:DB8::/32, 2001:db8::/32",
        "::ffff:10.0.0.1, 10.0.0.1/32"
    })
    void isWrittenInOneWay(String range, String written) {
        assertThat(Cidr.of(range))
                .hasToString(written)
                .isEqualTo(Cidr.of(written))
                .hasSameHashCodeAs(Cidr.of(written));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1/8, bits are set behind its prefix. Write 10.0.0.0/8",
        "255.255.255.255/0, bits are set behind its prefix. Write 0.0.0.0/0",
        "192.0.2.7/31, bits are set behind its prefix. Write 192.0.2.6/31",
        "2001:db8::1/64, bits are set behind its prefix. Write 2001:db8::/64",
        "10.0.0.0/33, its prefix is not a number from 0 to 32",
        "10.0.0.0/-1, its prefix is not a number from 0 to 32",
        "10.0.0.0/, its prefix is not a number from 0 to 32",
        "10.0.0.0/8/8, its prefix is not a number from 0 to 32",
        "10.0.0.0/255.0.0.0, its prefix is not a number from 0 to 32",
        "::/129, its prefix is not a number from 0 to 128",
        "::ffff:10.0.0.0/104, 'a range of IPv4 addresses is written as such, not as IPv6'"
    })
    void saysWhatWouldBeRight(String range, String problem) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cidr.of(range)).withMessage(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "/8",
        "localhost",
        "example.org/8",
        "10",
        "10.1",
        "10.0.0/24",
        "10/8",
        "010.0.0.1",
        "10.0.0.256",
        "1.2.3.4.5",
        "0x0a.0.0.1",
        "2001:db8::1::2",
        "12345::",
        "::ffff:1.2.3.400",
        "fe80::1%lo",
        "[::1]",
        "10.0.0.1:80",
        "٣.1.1.1"
    })
    void isNoName(String range) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cidr.of(range))
                .withMessage("its address is none. Write one such as 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32");
    }

    @Test
    void denialWinsOverPermission() throws UnknownHostException {
        Access access = new Access(List.of(Cidr.of("10.0.0.0/8"), Cidr.of("::1")), List.of(Cidr.of("10.6.6.0/24")));

        assertThat(access.permits(InetAddress.getByName("10.6.5.1"))).isTrue();
        assertThat(access.permits(InetAddress.getByName("::1"))).isTrue();
        assertThat(access.permits(InetAddress.getByName("10.6.6.1"))).isFalse();
        assertThat(access.permits(InetAddress.getByName("192.0.2.1"))).isFalse();
    }

    @Test
    void everyoneIsServedWhereNobodyIsNamed() {
        Access access = new Access(List.of(), List.of(Cidr.of("10.6.6.0/24")));

        assertThat(access.permits(InetAddress.ofLiteral("192.0.2.1"))).isTrue();
        assertThat(access.permits(InetAddress.ofLiteral("10.6.6.1"))).isFalse();
        assertThat(Access.EVERYONE.permits(InetAddress.ofLiteral("10.6.6.1"))).isTrue();
    }
}
