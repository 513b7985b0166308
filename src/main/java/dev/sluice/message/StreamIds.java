package dev.sluice.message;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of connections and of runs of a UDP listener: short, fit for a URL, unique also after a restart and among
 * replicas.
 *
 * <p>The first part names this process (its start in milliseconds and 40 random bits), the second counts within it.
 */
public final class StreamIds {

    private static final String PROCESS = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX)
            + Long.toString(new SecureRandom().nextLong(1L << 40), Character.MAX_RADIX);
    private static final AtomicLong COUNT = new AtomicLong();

    private StreamIds() {}

    public static String next() {
        return PROCESS + "-" + Long.toString(COUNT.incrementAndGet(), Character.MAX_RADIX);
    }
}
