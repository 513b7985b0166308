package dev.sluice;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A key and its certificate. Bouncy Castle makes it, since the JDK's own {@code keytool} is a program that needs a
 * second.
 */
record TestKey(PrivateKey key, X509Certificate certificate) {

    /** Vouches for itself, and for what it signs. */
    static TestKey authority(String subject) throws Exception {
        return make(null, true, subject, -1, 90);
    }

    /**
     * @param signer null if it vouches for itself
     * @param from in days, relative to now
     * @param days for how long it counts
     */
    static TestKey make(@Nullable TestKey signer, String subject, int from, int days) throws Exception {
        return make(signer, false, subject, from, days);
    }

    private static TestKey make(@Nullable TestKey signer, boolean authority, String subject, int from, int days)
            throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        X500Principal name = new X500Principal(subject);
        Instant start = Instant.now().plus(Duration.ofDays(from));
        JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        signer == null ? name : signer.certificate.getSubjectX500Principal(),
                        new BigInteger(63, new SecureRandom()).add(BigInteger.ONE),
                        Date.from(start),
                        Date.from(start.plus(Duration.ofDays(days))),
                        name,
                        pair.getPublic())
                .addExtension(
                        Extension.subjectKeyIdentifier,
                        false,
                        identifiers.createSubjectKeyIdentifier(pair.getPublic()));
        if (authority) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        } else {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
        }
        if (signer != null) {
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(signer.certificate.getPublicKey()));
        }
        PrivateKey signing = signer == null ? pair.getPrivate() : signer.key;
        return new TestKey(
                pair.getPrivate(),
                new JcaX509CertificateConverter()
                        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signing))));
    }

    static Path pem(Path file, String what, byte[] content) throws IOException {
        return Files.writeString(
                file,
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content)
                        + "\n-----END " + what + "-----\n");
    }
}
