package dev.sluice.transport.tcp;

import dev.sluice.text.Causes;
import java.io.FileNotFoundException;
import java.nio.file.NoSuchFileException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** Finds out what is wrong with an SSL bundle before its first peer does. */
public final class BundleCheck {

    private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");
    private static final byte[] PROBE = {1, 2, 3};

    private BundleCheck() {}

    /**
     * Tries what a listener's connections would be encrypted by.
     *
     * @throws BundleException if it is not what they need
     */
    public static void requireUsable(String listener, TcpProperties properties, SslBundles bundles) {
        if (properties.tls() == null) {
            return;
        }
        if (properties.dials()) {
            new TlsDial(listener, properties.tls(), bundles).retire();
        } else {
            new TlsPort(listener, properties.tls(), bundles).retire();
        }
    }

    /**
     * Reads all that the bundle refers to.
     *
     * @return the certificates that it has the keys of, without those who issued them; empty if it has no key
     * @throws BundleException saying what cannot be read, or which key is not its certificate's
     */
    public static List<X509Certificate> certificates(SslBundle bundle) {
        try {
            bundle.getStores().getTrustStore();
            List<X509Certificate> certificates = new ArrayList<>();
            for (KeyManager manager : bundle.getManagers().getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager keys) {
                    KEY_TYPES.forEach(type -> add(keys, keys.getServerAliases(type, null), certificates));
                }
            }
            return certificates;
        } catch (IllegalStateException ex) {
            throw new BundleException(messages(ex), ex);
        }
    }

    private static void add(
            X509ExtendedKeyManager keys, String @Nullable [] aliases, List<X509Certificate> certificates) {
        if (aliases == null) {
            return;
        }
        for (String alias : aliases) {
            X509Certificate certificate = keys.getCertificateChain(alias)[0];
            if (!fit(keys.getPrivateKey(alias), certificate.getPublicKey())) {
                String subject = certificate.getSubjectX500Principal().getName();
                throw new BundleException(
                        "the private key is not that of the certificate for '" + PeerCertificate.visible(subject) + "'",
                        null);
            }
            certificates.add(certificate);
        }
    }

    /** Whether what one has signed is what the other verifies; true if there is no telling. */
    private static boolean fit(PrivateKey privateKey, PublicKey publicKey) {
        String algorithm = switch (privateKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> "";
        };
        if (algorithm.isEmpty()) {
            return true;
        }
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (InvalidKeyException ex) {
            return privateKey.getAlgorithm().equals(publicKey.getAlgorithm());
        } catch (SignatureException ex) {
            return false;
        } catch (NoSuchAlgorithmException ex) {
            return true;
        }
    }

    /** Whether the bundle says itself who is trusted. If it does not, the JDK trusts all public authorities. */
    static boolean trustsAnyone(SslBundle bundle) {
        KeyStore store = bundle.getStores().getTrustStore();
        try {
            return store != null && store.size() > 0;
        } catch (KeyStoreException ex) {
            throw new IllegalStateException("Unable to read the trust store: " + ex.getMessage(), ex);
        }
    }

    /** Those of the causes too, as far as they say anything new. */
    private static String messages(Throwable ex) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause : Causes.of(ex)) {
            String message = cause.getMessage();
            if (message != null && text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            } else if (cause instanceof FileNotFoundException || cause instanceof NoSuchFileException) {
                text.append(": there is no such file");
            }
        }
        return text.toString();
    }
}
