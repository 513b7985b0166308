package dev.sluice.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import dev.sluice.TlsEnd;
import dev.sluice.listener.Reload.Request;
import dev.sluice.listener.Reload.Result;
import dev.sluice.listener.Reload.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslBundles;

/** SSL bundles are declared in another way while peers are connected. */
final class ReloadedBundlesTests {

    @TempDir
    private Path folder;

    private static String bundle(String name, Path certificate, Path key) {
        return "spring.ssl.bundle.pem." + name + ": { reload-on-update: true, keystore: { certificate: 'file:"
                + certificate + "', private-key: 'file:" + key + "' } }\n";
    }

    private static String listener(String name, String bundle) {
        return "sluice.listeners." + name + ": { tcp: { address: localhost, port: 0, tls.bundle: " + bundle
                + " }, reply.type: echo }\n";
    }

    private static Result reload(RunningSluice sluice, String yaml) {
        sluice.rewrite(yaml);
        return sluice.bean(Reload.class).run(Request.by("test"));
    }

    private static void applied(RunningSluice sluice, String yaml) {
        Result result = reload(sluice, yaml);
        assertThat(result.problems()).isEmpty();
        assertThat(result.status()).isEqualTo(Status.APPLIED);
    }

    private static String shown(RunningSluice sluice, String listener, SSLContext client) throws IOException {
        try (SSLSocket socket = TlsEnd.connect(client, sluice.port(listener), "TLSv1.3")) {
            return socket.getSession().getPeerPrincipal().getName();
        }
    }

    @Test
    void newConnectionsGoByTheNewBundleAndOpenOnesGoOn() throws Exception {
        TestAuthority authority = TestAuthority.in(folder, "here");
        authority.issue("one", "CN=one");
        authority.issue("two", "CN=two");
        SSLContext client = authority.context();
        String watch = "spring.ssl.bundle.watch.file.quiet-period: 50ms\n";
        String one = bundle("edge", authority.certificateFile("one"), authority.keyFile("one"));
        Path certificate = Files.copy(authority.certificateFile("two"), folder.resolve("edge.crt"));
        Path key = Files.copy(authority.keyFile("two"), folder.resolve("edge.key"));
        String two = bundle("edge", certificate, key);
        try (RunningSluice sluice = RunningSluice.with(watch + one + listener("a", "edge"));
                SSLSocket open = TlsEnd.connect(client, sluice.port("a"), "TLSv1.3")) {
            assertThat(open.getSession().getPeerPrincipal()).hasToString("CN=one");

            applied(sluice, watch + two + listener("a", "edge"));
            assertThat(shown(sluice, "a", client)).isEqualTo("CN=two");
            open.getOutputStream().write("still there\n".getBytes(US_ASCII));
            assertThat(open.getInputStream().readNBytes(12)).asString(US_ASCII).isEqualTo("still there\n");

            // What is watched by now are the second bundle's files.
            authority.install("one", certificate, key);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> shown(sluice, "a", client).equals("CN=one"));
            // A listener with a bundle that there was not before, in one go.
            Path third = Files.copy(authority.certificateFile("one"), folder.resolve("third.crt"));
            Path thirdKey = Files.copy(authority.keyFile("one"), folder.resolve("third.key"));
            String more = bundle("third", third, thirdKey);
            String both = watch + two + more + listener("a", "edge") + listener("b", "third");
            sluice.rewrite(both);
            assertThat(sluice.bean(Reload.class)
                            .run(new Request("test", true, null, null))
                            .status())
                    .isEqualTo(Status.PLANNED);
            assertThat(sluice.bean(SslBundles.class).getBundleNames()).containsExactly("edge");
            applied(sluice, both);
            assertThat(shown(sluice, "a", client)).isEqualTo("CN=one");
            assertThat(shown(sluice, "b", client)).isEqualTo("CN=one");
            authority.install("two", third, thirdKey);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> shown(sluice, "b", client).equals("CN=two"));

            applied(sluice, watch + more + listener("b", "third"));
            assertThat(sluice.bean(SslBundles.class).getBundleNames()).containsExactly("third");
            assertThat(sluice.bean(MeterRegistry.class).get("ssl.chain.expiry").meters())
                    .extracting(meter -> meter.getId().getTag("bundle"))
                    .containsOnly("third");
            assertThat(shown(sluice, "b", client)).isEqualTo("CN=two");
        }
    }

    @Test
    void aBundleThatCannotBeUsedChangesNothing() throws Exception {
        TestAuthority authority = TestAuthority.in(folder, "here");
        authority.issue("one", "CN=one");
        String one = bundle("edge", authority.certificateFile("one"), authority.keyFile("one"));
        SSLContext client = authority.context();
        try (RunningSluice sluice = RunningSluice.with(one + listener("a", "edge"))) {
            Result missing = reload(
                    sluice,
                    bundle("edge", folder.resolve("nowhere.crt"), authority.keyFile("one"))
                            + listener("a", "edge")
                            + listener("b", "edge"));
            assertThat(missing.status()).isEqualTo(Status.INVALID);
            assertThat(missing.problems())
                    .singleElement()
                    .asString()
                    .startsWith("spring.ssl.bundle.pem.edge: ")
                    .contains("nowhere.crt");

            // It can be read, but is no use to its listener.
            Result keyless = reload(
                    sluice,
                    "spring.ssl.bundle.pem.edge.truststore.certificate: 'file:" + authority.certificate() + "'\n"
                            + listener("a", "edge"));
            assertThat(keyless.status()).isEqualTo(Status.INVALID);
            assertThat(keyless.problems())
                    .singleElement()
                    .asString()
                    .startsWith("sluice.listeners.a.tcp.tls: ")
                    .contains("holds no certificate with its private key");

            assertThat(shown(sluice, "a", client)).isEqualTo("CN=one");
            assertThat(sluice.bean(Listeners.class).find("b")).isEmpty();
            // With what was missing it is as good as ever.
            applied(
                    sluice,
                    one.replaceFirst(
                                    "keystore",
                                    "truststore.certificate: 'file:" + authority.certificate() + "', keystore")
                            + listener("a", "edge")
                                    .replace("tls.bundle: edge", "tls: { bundle: edge, client-auth: want }"));
            assertThat(shown(sluice, "a", client)).isEqualTo("CN=one");
        }
    }
}
