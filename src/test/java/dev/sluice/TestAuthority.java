package dev.sluice;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** Issues certificates, and keeps their keys. */
public final class TestAuthority {

    private static final String AUTHORITY = "authority";

    private final Path folder;
    private final String name;
    private final Map<String, TestKey> keys = new HashMap<>();

    private TestAuthority(Path folder, String name) throws Exception {
        this.folder = folder;
        this.name = name;
        keys.put(AUTHORITY, TestKey.authority("CN=" + name));
    }

    /** Leaves files in the folder that begin with the name. */
    public static TestAuthority in(Path folder, String name) throws Exception {
        return new TestAuthority(folder, name);
    }

    /** Issues a certificate that counts from yesterday, for ten years. */
    public void issue(String alias, String subject) throws Exception {
        issue(alias, subject, -1, 3650);
    }

    /**
     * @param from in days, relative to now
     * @param days for how long it counts
     */
    public void issue(String alias, String subject, int from, int days) throws Exception {
        keys.put(alias, TestKey.make(key(AUTHORITY), subject, from, days));
    }

    /** Adds a certificate that vouches for itself. */
    public void selfSigned(String alias, String subject, int from, int days) throws Exception {
        keys.put(alias, TestKey.make(null, subject, from, days));
    }

    private TestKey key(String alias) {
        return Objects.requireNonNull(keys.get(alias), alias);
    }

    public X509Certificate certificate(String alias) {
        return key(alias).certificate();
    }

    /** The authority's own certificate as PEM. */
    public Path certificate() throws Exception {
        return TestKey.pem(
                folder.resolve(name + "." + AUTHORITY + ".crt"),
                "CERTIFICATE",
                certificate(AUTHORITY).getEncoded());
    }

    /** A certificate as PEM, without the authority's. */
    public Path certificateFile(String alias) throws Exception {
        return TestKey.pem(
                folder.resolve(name + "." + alias + ".crt"),
                "CERTIFICATE",
                certificate(alias).getEncoded());
    }

    public Path keyFile(String alias) throws Exception {
        return TestKey.pem(
                folder.resolve(name + "." + alias + ".key"),
                "PRIVATE KEY",
                key(alias).key().getEncoded());
    }

    /** Puts a certificate and its key in the place of those of these files. */
    public void install(String alias, Path certificate, Path key) throws Exception {
        Path from = Files.createTempDirectory(folder, "renewed");
        Path newKey = Files.copy(keyFile(alias), from.resolve("key"));
        Path newCertificate = Files.copy(certificateFile(alias), from.resolve("certificate"));
        Files.move(newKey, key, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        Files.move(newCertificate, certificate, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(from);
    }

    /** Of somebody who trusts what this authority has issued, and shows nothing. */
    public SSLContext context() throws Exception {
        return context(new KeyManager[0]);
    }

    /** Of somebody who trusts what this authority has issued, and shows this certificate to whoever asks. */
    public SSLContext context(String alias) throws Exception {
        return context(this, alias);
    }

    /** The same with a certificate that another has issued. */
    public SSLContext context(TestAuthority issuer, String alias) throws Exception {
        TestKey own = issuer.key(alias);
        return context(new KeyManager[] {new Insisting(own.certificate(), own.key())});
    }

    private SSLContext context(KeyManager[] own) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(AUTHORITY, certificate(AUTHORITY));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trust.getTrustManagers(), null);
        return context;
    }

    /** Shows its certificate whatever authorities the other side names. */
    private static final class Insisting extends X509ExtendedKeyManager {

        private static final String ONLY = "only";

        private final X509Certificate certificate;
        private final PrivateKey key;

        Insisting(X509Certificate certificate, PrivateKey key) {
            this.certificate = certificate;
            this.key = key;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ONLY};
        }

        @Override
        public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
            return ONLY;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return ONLY;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }
}
