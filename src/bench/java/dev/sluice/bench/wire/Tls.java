package dev.sluice.bench.wire;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The key and the self-signed certificate of all servers, in a directory: a PKCS #12 file by {@code keytool}, and both
 * in PEM.
 */
public record Tls(Path directory) {

    private static final String PASSWORD = "benchmark";

    private static final String ALIAS = "bench";
    private static final int KEYTOOL_SECONDS = 60;

    /** Makes them if they are not there. */
    public static Tls in(Path directory) throws IOException {
        var tls = new Tls(directory);
        if (!Files.exists(tls.privateKey())) {
            Files.createDirectories(directory);
            Files.deleteIfExists(tls.keyStore());
            tls.makeKeyStore();
            tls.writePem();
        }
        return tls;
    }

    public Path keyStore() {
        return directory.resolve("bench.p12");
    }

    public Path certificate() {
        return directory.resolve("certificate.pem");
    }

    public Path privateKey() {
        return directory.resolve("private-key.pem");
    }

    public SSLContext server() throws IOException {
        try {
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(load(), PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("No use can be made of " + keyStore(), e);
        }
    }

    /** Of a client that trusts whomever it meets: it is to be busy, not safe. */
    public static SSLContext client() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("This Java knows no TLS", e);
        }
    }

    private void makeKeyStore() throws IOException {
        Path log = directory.resolve("keytool.log");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "365",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keyStore().toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!keytool.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                keytool.destroy();
                throw new IOException("keytool made no key, see " + log);
            }
        } catch (InterruptedException e) {
            keytool.destroy();
            throw new IOException("interrupted", e);
        }
    }

    private void writePem() throws IOException {
        try {
            KeyStore store = load();
            Files.writeString(
                    certificate(),
                    pem("CERTIFICATE", store.getCertificate(ALIAS).getEncoded()));
            Files.writeString(
                    privateKey(),
                    pem(
                            "PRIVATE KEY",
                            store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("No key can be taken from " + keyStore(), e);
        }
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        return KeyStore.getInstance(keyStore().toFile(), PASSWORD.toCharArray());
    }

    private static String pem(String label, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(label, base64);
    }
}
