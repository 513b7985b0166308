package dev.sluice.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.transport.Reason.Withheld;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** To which addresses nothing is ever sent: such sources cannot be had on a real socket, but can be forged. */
class ReplyGuardTests {

    private final ReplyGuard guard = new ReplyGuard(1);

    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", "224.0.0.1", "239.255.255.250", "0.0.0.0", "::", "ff02::1"})
    void groupsAndNobodyAreNoPeers(String address) throws IOException {
        assertThat(guard.refuse(new InetSocketAddress(InetAddress.getByName(address), 5000)))
                .isEqualTo(Withheld.NOT_UNICAST);
    }

    @Test
    void allOfANetworkAreNoPeer() throws IOException {
        List<InetAddress> broadcasts = NetworkInterface.networkInterfaces()
                .flatMap(each -> each.getInterfaceAddresses().stream())
                .map(InterfaceAddress::getBroadcast)
                .filter(Objects::nonNull)
                .toList();
        for (InetAddress broadcast : broadcasts) {
            assertThat(guard.refuse(new InetSocketAddress(broadcast, 5000))).isEqualTo(Withheld.NOT_UNICAST);
        }
    }

    @Test
    void nobodyIsAtTheLastAddressOfANetwork() throws IOException {
        assertThat(guard.refuse(new InetSocketAddress(InetAddress.getByName("127.255.255.255"), 5000)))
                .isEqualTo(Withheld.NOT_UNICAST);
    }

    @ParameterizedTest
    @CsvSource({"0, SYSTEM_PORT", "53, SYSTEM_PORT", "1023, SYSTEM_PORT", "1024,", "65535,"})
    void portsOfTheSystemAreNoPeers(int port, Withheld expected) throws IOException {
        for (String address : new String[] {"127.0.0.1", "192.0.2.1", "2001:db8::1"}) {
            assertThat(guard.refuse(new InetSocketAddress(InetAddress.getByName(address), port)))
                    .isEqualTo(expected);
        }
    }
}
