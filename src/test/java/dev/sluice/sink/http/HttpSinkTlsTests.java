package dev.sluice.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.TestCertificate;
import dev.sluice.sink.Failure;
import dev.sluice.sink.StreamMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

final class HttpSinkTlsTests {

    @TempDir
    private Path directory;

    /** A bundle whose key is for {@code localhost}, and which trusts nobody else. */
    private SslBundle bundle(String name) throws Exception {
        TestCertificate made = TestCertificate.in(Files.createDirectories(directory.resolve(name)));
        KeyStore keys = KeyStore.getInstance(made.store().toFile(), TestCertificate.PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        return SslBundle.of(SslStoreBundle.of(keys, TestCertificate.PASSWORD, trusted));
    }

    private static HttpSink sink(WebServer server, @Nullable String bundle, DefaultSslBundleRegistry bundles) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerSingleton("sslBundles", bundles);
        return new HttpSink(
                "hook",
                new HttpSinkProperties(
                        server.url(),
                        "POST",
                        Map.of(),
                        Duration.ofSeconds(10),
                        16,
                        bundle,
                        null,
                        Compression.NONE,
                        false),
                beans);
    }

    @Test
    void trustsWhomTheBundleTrustsAlsoWhenItIsReloaded() throws Exception {
        SslBundle old = bundle("old");
        SslBundle renewed = bundle("renewed");
        DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("edge", old);
        try (WebServer server = WebServer.withTls(renewed.createSslContext());
                HttpSink sink = sink(server, "edge", bundles)) {
            assertThat(sink.send(StreamMessage.stream("s", 1)).failure(0))
                    .isNotNull()
                    .extracting(Failure::reason)
                    .asString()
                    .startsWith("TLS with localhost:" + server.port() + ": ");

            bundles.updateBundle("edge", renewed);
            assertThat(sink.send(StreamMessage.stream("s", 2)).complete()).isTrue();
        }
    }

    @Test
    void trustsWhomJavaTrustsWithoutABundle() throws Exception {
        try (WebServer server = WebServer.withTls(bundle("own").createSslContext());
                HttpSink sink = sink(server, null, new DefaultSslBundleRegistry())) {
            Failure failure = sink.send(StreamMessage.stream("s", 1)).failure(0);

            assertThat(failure).isNotNull();
            assertThat(failure.poison()).isFalse();
            assertThat(failure.reason()).contains("unable to find valid certification path");
        }
    }
}
