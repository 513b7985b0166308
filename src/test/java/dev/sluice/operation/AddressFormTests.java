package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.messaging.handler.annotation.Header;

/** A peer of IPv6 has one address, wherever it is written and by whichever way it came there. */
@Isolated("what is logged is captured")
@ExtendWith(OutputCaptureExtension.class)
final class AddressFormTests {

    private static final String CONFIGURATION = """
        sluice:
          data-directory: "%1$s/data"
          listeners:
            tcp: { tcp: { address: "::1", port: 0 }, sinks: [named, told, shown], reply: { type: text, text: "{remote-address}" } }
            udp: { udp: { address: "::1", port: 0 }, sinks: [named, told], reply: { type: text, text: "{remote-address} {connection}" }, framing.max-size: 60B }
            bean: { tcp: { address: "::1", port: 0 }, reply: { type: bean, bean: echoAddress } }
            closed: { tcp: { address: "::1", port: 0 }, access.deny: ["0:0:0:0:0:0:0:1"] }
          sinks:
            named: { file: { path: "%1$s/{listener}/{remote-address}" } }
            told: { file: { path: "%1$s/{listener}.json", format: json } }
            shown: { log: { level: info } }
        """;

    @Configuration
    static class Beans {

        static final class EchoAddress {
            @ServiceActivator
            public String address(
                    @Header(IpHeaders.IP_ADDRESS) String address, @Header(IpHeaders.HOSTNAME) String host) {
                return address + " " + host;
            }
        }

        @Bean
        EchoAddress echoAddress() {
            return new EchoAddress();
        }
    }

    @TempDir
    private Path directory;

    @Test
    void inTemplatesFilesJsonHeadersAndLogs(CapturedOutput output) throws Exception {
        try (RunningSluice sluice = RunningSluice.with(CONFIGURATION.formatted(directory), Beans.class)) {
            assertThat(converse(sluice, "tcp")).isEqualTo("::1\n");
            assertThat(converse(sluice, "bean")).isEqualTo("::1 ::1\n");
            try (DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("::1"))) {
                byte[] request = "a".repeat(60).getBytes(UTF_8);
                socket.setSoTimeout(20_000);
                socket.send(
                        new DatagramPacket(request, request.length, InetAddress.ofLiteral("::1"), sluice.port("udp")));
                assertThat(RunningSluice.receiveDatagram(socket))
                        .asString(UTF_8)
                        .isEqualTo("::1 [::1]:" + socket.getLocalPort());
                socket.send(new DatagramPacket(new byte[61], 61, InetAddress.ofLiteral("::1"), sluice.port("udp")));
                await().untilAsserted(() -> assertThat(output.getAll())
                        .contains("dropped a datagram of 61 bytes of [::1]:" + socket.getLocalPort()));
            }
            assertThat(converse(sluice, "closed")).isEmpty();
            await().untilAsserted(() -> assertThat(output.getAll())
                    .contains("rejected a connection from ::1: ")
                    .contains("tcp ::1 "));
            for (String listener : List.of("tcp", "udp")) {
                await().untilAsserted(() -> assertThat(names(listener)).containsExactly("::1"));
                await().untilAsserted(() -> assertThat(Files.readString(directory.resolve(listener + ".json")))
                        .contains("\"remoteaddress\":\"::1\""));
            }
            assertThat(output.getAll()).doesNotContain("0:0:0:0");
        }
    }

    private List<String> names(String listener) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(listener))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static String converse(RunningSluice sluice, String listener) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("::1"), sluice.port(listener))) {
            socket.getOutputStream().write("hello\n".getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException ex) {
            return "";
        }
    }
}
