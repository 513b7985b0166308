package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import dev.sluice.management.Expressions.Alert;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What alerts and panels look at is there, in a service that has a listener and a sink of each kind that matters. */
final class ScrapedMetersTests {

    @TempDir
    private Path folder;

    @Test
    void eachMeterOfAlertsAndPanelsIsInAScrape() throws Exception {
        TestAuthority authority = TestAuthority.in(folder, "authority");
        authority.issue("edge", "CN=localhost");
        leaveSomethingForASinkThatIsNamedNoMore();
        try (RunningSluice sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            spring.ssl.bundle.pem.edge.keystore: { certificate: "%s", private-key: "%s" }
            sluice:
              data-directory: "%s"
              listeners:
                lines: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo, rules: [ { match.text: "a" } ], sinks: [archive] }
                secure: { tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge }, reply.type: echo }
                dialled: { tcp.connect: "127.0.0.1:%d" }
                datagrams: { udp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                commanded: { tcp: { address: 127.0.0.1, port: 0 }, identity.from: "{remote-address}", commands: {} }
              sinks.archive.file.path: "%s/archive.log"
            """.formatted(
                        authority.certificateFile("edge"), authority.keyFile("edge"), folder, Ports.free(), folder));
                DatagramSocket socket = new DatagramSocket()) {
            assertThat(sluice.converse("lines", "a\nb\n")).isEqualTo("a\nb\n");
            sluice.sendDatagram(socket, "datagrams", new byte[] {1});
            RunningSluice.receiveDatagram(socket);
            System.gc(); // the first collection makes its meters

            Stream<String> all = Stream.concat(
                    Expressions.alerts().stream().map(Alert::expression), Expressions.ofDashboard().stream());
            Set<String> metrics = Expressions.metrics(all);
            assertThat(metrics).hasSizeGreaterThan(30);
            await().untilAsserted(() -> assertThat(scraped(sluice)).containsAll(metrics));
        }
    }

    private void leaveSomethingForASinkThatIsNamedNoMore() throws Exception {
        try (RunningSluice sluice = RunningSluice.with("""
            sluice:
              data-directory: "%s"
              listeners.lines: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo, sinks: [gone] }
              sinks.gone.tcp: { host: 127.0.0.1, port: %d }
            """.formatted(folder, Ports.free()))) {
            assertThat(sluice.converse("lines", "a\n")).isEqualTo("a\n");
        }
    }

    private static Set<String> scraped(RunningSluice sluice) {
        Set<String> names = new TreeSet<>();
        new Operator(sluice, "operator:secret")
                .get("/prometheus")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .forEach(names::add);
        return names;
    }
}
