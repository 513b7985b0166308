package dev.sluice;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** Issues certificates, by the JDK's {@code keytool}; all of them and their keys are in one key store. */
public final class TestAuthority {

    private static final String AUTHORITY = "authority";
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path folder;
    private final Path store;
    /** What the store held when it was last read; null if more has been issued since. */
    private KeyStore read;

    private TestAuthority(Path folder, String name) {
        this.folder = folder;
        this.store = folder.resolve(name + ".p12");
    }

    /** Leaves files in the folder that begin with the name. */
    public static TestAuthority in(Path folder, String name) throws Exception {
        TestAuthority authority = new TestAuthority(folder, name);
        authority.keytool(AUTHORITY, "-dname", "CN=" + name, "-ext", "bc:c");
        return authority;
    }

    /** Issues a certificate that counts from yesterday, for ten years. */
    public void issue(String alias, String subject) throws Exception {
        issue(alias, subject, "-1d", 3650);
    }

    /**
     * @param from relative to now, as {@code -2d}
     * @param days for how long it counts
     */
    public void issue(String alias, String subject, String from, int days) throws Exception {
        keytool(
                alias,
                "-signer",
                AUTHORITY,
                "-dname",
                subject,
                "-ext",
                "san=dns:localhost",
                "-startdate",
                from,
                "-validity",
                String.valueOf(days));
    }

    /** Adds a certificate that vouches for itself. */
    public void selfSigned(String alias, String subject, String from, int days) throws Exception {
        keytool(alias, "-dname", subject, "-startdate", from, "-validity", String.valueOf(days));
    }

    private void keytool(String alias, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                alias,
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(args));
        read = null;
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private KeyStore keys() throws Exception {
        if (read == null) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD);
            }
            read = keys;
        }
        return read;
    }

    public X509Certificate certificate(String alias) throws Exception {
        return (X509Certificate) keys().getCertificate(alias);
    }

    /** The authority's own certificate as PEM. */
    public Path certificate() throws Exception {
        return pem(
                store.getFileName() + "." + AUTHORITY + ".crt",
                "CERTIFICATE",
                certificate(AUTHORITY).getEncoded());
    }

    /** A certificate as PEM, without the authority's. */
    public Path certificateFile(String alias) throws Exception {
        return pem(
                store.getFileName() + "." + alias + ".crt",
                "CERTIFICATE",
                certificate(alias).getEncoded());
    }

    public Path keyFile(String alias) throws Exception {
        return pem(
                store.getFileName() + "." + alias + ".key",
                "PRIVATE KEY",
                keys().getKey(alias, PASSWORD).getEncoded());
    }

    private Path pem(String name, String what, byte[] content) throws IOException {
        return Files.writeString(
                folder.resolve(name),
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content)
                        + "\n-----END " + what + "-----\n");
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
        PrivateKey key = (PrivateKey) issuer.keys().getKey(alias, PASSWORD);
        return context(new KeyManager[] {new Insisting(issuer.certificate(alias), key)});
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
