package dev.sluice.transport.udp;

import dev.sluice.transport.Limits;
import dev.sluice.transport.Rate;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What each source address has had of its rates, in a table that never grows: however many addresses are forged, a
 * datagram costs a look at eight places. Where all of them are taken, a new address gets that of the one not seen for
 * longest, and with it what that one still owes: so all addresses together never get more than as many rates as there
 * are places. Belongs to the receiver's thread.
 */
final class SourceRates {

    static final int PLACES = 16_384;
    private static final int WAYS = 8;

    /** Stands for no limit. */
    private static final Rate BOUNDLESS = new Rate(Long.MAX_VALUE);

    private final Rate messages;
    private final Rate bytes;
    /** So that nobody can know which addresses share places. */
    private final long seed = ThreadLocalRandom.current().nextLong();

    /** The address in place {@code i} is {@code high[i]} and {@code low[i]}. */
    private final long[] high = new long[PLACES];

    private final long[] low = new long[PLACES];
    private final long[] seenAt = new long[PLACES];
    private final long[] messagesPaidUntil = new long[PLACES];
    private final long[] bytesPaidUntil = new long[PLACES];

    private SourceRates(Rate messages, Rate bytes) {
        this.messages = messages;
        this.bytes = bytes;
        long now = System.nanoTime();
        Arrays.fill(seenAt, now);
        Arrays.fill(messagesPaidUntil, now);
        Arrays.fill(bytesPaidUntil, now);
    }

    /** Null if there is no limit. */
    static @Nullable SourceRates of(Limits limits) {
        long perSecond = limits.messagesPerSecond();
        long bytesPerSecond = limits.bytesPerSecond().toBytes();
        return perSecond == 0 && bytesPerSecond == 0
                ? null
                : new SourceRates(
                        perSecond == 0 ? BOUNDLESS : new Rate(perSecond),
                        bytesPerSecond == 0 ? BOUNDLESS : new Rate(bytesPerSecond));
    }

    /**
     * Whether the source may send a datagram of so many bytes now, which then counts. One that is longer than a
     * second's worth may come whenever a second's worth might, and is paid for afterwards.
     */
    boolean tryTake(InetAddress source, int length, long now) {
        int place = place(source.getAddress(), now);
        if (messages.nanosUntil(1, messagesPaidUntil[place], now) > 0
                || bytes.nanosUntil(length, bytesPaidUntil[place], now) > 0) {
            return false;
        }
        messagesPaidUntil[place] = messages.pay(1, messagesPaidUntil[place], now);
        bytesPaidUntil[place] = bytes.pay(length, bytesPaidUntil[place], now);
        return true;
    }

    private int place(byte[] address, long now) {
        boolean ipv4 = address.length == 4;
        long upper = ipv4 ? 0 : number(address, 0, 8);
        // As IPv6 maps it, so that no IPv6 address is the same.
        long lower = ipv4 ? 0xFFFF_0000_0000L | number(address, 0, 4) : number(address, 8, 16);
        int first = (int) (hash(upper, lower) & (PLACES / WAYS - 1)) * WAYS;
        int oldest = first;
        for (int i = first; i < first + WAYS; i++) {
            if (low[i] == lower && high[i] == upper) {
                seenAt[i] = now;
                return i;
            }
            if (seenAt[i] - seenAt[oldest] < 0) {
                oldest = i;
            }
        }
        high[oldest] = upper;
        low[oldest] = lower;
        seenAt[oldest] = now;
        return oldest;
    }

    private long hash(long upper, long lower) {
        long hash = (upper ^ seed) * 0x9E3779B97F4A7C15L;
        hash = ((hash ^ hash >>> 32) + lower) * 0xBF58476D1CE4E5B9L;
        return hash ^ hash >>> 32;
    }

    private static long number(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number << 8 | bytes[i] & 0xFF;
        }
        return number;
    }
}
