package dev.sluice.bench.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Has the compiler take notice of the cipher that TLS uses. Full records come too seldom for that: for many seconds
 * each would take a hundred times as long as it does then, and a load program that sends them would be what is
 * measured.
 */
public final class CipherWarmUp {

    private static final int RECORDS = 30_000;
    private static final int BYTES = 256;
    private static final int TAG_BITS = 128;

    private CipherWarmUp() {}

    public static void run() throws IOException {
        try {
            var key = new SecretKeySpec(new byte[32], "AES");
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            ByteBuffer plain = ByteBuffer.allocate(BYTES);
            ByteBuffer encrypted = ByteBuffer.allocate(BYTES + TAG_BITS / 8);
            for (int i = 0; i < RECORDS; i++) {
                byte[] nonce = ByteBuffer.allocate(12).putInt(i).array();
                cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
                cipher.doFinal(plain.clear(), encrypted.clear());
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("This Java has no AES/GCM", e);
        }
    }
}
