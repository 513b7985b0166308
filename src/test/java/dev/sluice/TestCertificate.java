package dev.sluice;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for {@code localhost} that vouches for itself. */
public final class TestCertificate {

    public static final String PASSWORD = "changeit";

    private final TestKey key;
    private final Path store;
    private final Path certificate;

    private TestCertificate(TestKey key, Path store, Path certificate) {
        this.key = key;
        this.store = store;
        this.certificate = certificate;
    }

    /** Leaves two files in the directory. */
    public static TestCertificate in(Path directory) throws Exception {
        TestCertificate made = new TestCertificate(
                TestKey.make(null, "CN=localhost", -1, 90),
                directory.resolve("server.p12"),
                directory.resolve("server.pem"));
        try (OutputStream out = Files.newOutputStream(made.store)) {
            made.keys().store(out, PASSWORD.toCharArray());
        }
        TestKey.pem(made.certificate, "CERTIFICATE", made.key.certificate().getEncoded());
        return made;
    }

    private KeyStore keys() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("server", key.key(), PASSWORD.toCharArray(), new Certificate[] {key.certificate()});
        return keys;
    }

    /** The key and its certificate, as PKCS #12. */
    public Path store() {
        return store;
    }

    /** The certificate as PEM. */
    public Path certificate() {
        return certificate;
    }

    /** Of somebody who shows the certificate and trusts it. */
    public SSLContext context() throws Exception {
        KeyStore keys = keys();
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", key.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
