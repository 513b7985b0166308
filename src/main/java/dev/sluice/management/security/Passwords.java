package dev.sluice.management.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Compares passwords with stored ones, each with its method in front.
 *
 * <p>A hash is made to be slow, and each request logs in, a scrape every second among them. So the password that was
 * right for a hash is remembered, as a digest with a key of this process, and is compared with that from then on: a
 * right one costs microseconds, a wrong one the whole hash. As long as the stored one is the same, so is the answer.
 * How many hashes are computed at a time is bounded, and who finds no place is refused rather than kept waiting.
 */
final class Passwords implements PasswordEncoder {

    private static final String PLAIN = "{noop}";
    private static final String DIGEST = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final PasswordEncoder methods = PasswordEncoderFactories.createDelegatingPasswordEncoder();
    private final Semaphore places =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    private final SecretKeySpec key;
    private final String decoy;
    /** By stored password: never more than there are users. */
    private final Map<String, byte[]> remembered = new ConcurrentHashMap<>();

    /**
     * @param stored the passwords of all users
     */
    Passwords(Collection<String> stored) {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        key = new SecretKeySpec(random, DIGEST);
        decoy = stored.stream()
                .filter(password -> !password.startsWith(PLAIN))
                .findFirst()
                .orElse(PLAIN);
    }

    @Override
    public boolean matches(@Nullable CharSequence password, @Nullable String stored) {
        if (password == null || stored == null) {
            return false;
        }
        byte[] digest = digest(password);
        if (stored.startsWith(PLAIN)) {
            return MessageDigest.isEqual(digest, digest(stored.substring(PLAIN.length())));
        }
        byte[] right = remembered.get(stored);
        if (right != null && MessageDigest.isEqual(digest, right)) {
            return true;
        }
        boolean matches = hashMatches(password, stored);
        if (matches) {
            remembered.put(stored, digest);
        }
        return matches;
    }

    private boolean hashMatches(CharSequence password, String stored) {
        if (!places.tryAcquire()) {
            throw new TooManyFailuresException(1);
        }
        try {
            return methods.matches(password, stored);
        } finally {
            places.release();
        }
    }

    private byte[] digest(CharSequence password) {
        try {
            Mac mac = Mac.getInstance(DIGEST);
            mac.init(key);
            return mac.doFinal(password.toString().getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException ex) {
            throw new IllegalStateException(DIGEST + " is part of every Java", ex);
        }
    }

    /**
     * Nothing is encoded here but what the password of a user who does not exist is compared with: that takes as long
     * as the hash of one who does, so that time does not tell which names there are.
     */
    @Override
    public String encode(@Nullable CharSequence password) {
        return decoy;
    }
}
