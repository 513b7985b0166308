package dev.sluice.transport;

import dev.sluice.message.Origin;
import dev.sluice.transport.framing.FrameBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where operators look at what a listener reads and writes. Safe for use by any thread.
 *
 * <p>While nobody looks there are no {@link Onlookers}, which a thread that serves peers asks for once a read and once
 * a write: all that a tap costs then is to find none.
 */
public final class Tap {

    private final Supplier<TapMode> mode;
    /** Null while there are none. */
    private volatile @Nullable Onlookers onlookers;

    Tap(Supplier<TapMode> mode) {
        this.mode = mode;
    }

    /** What may be seen now. */
    public TapMode mode() {
        return mode.get();
    }

    /** Has it see what comes and goes from now on. */
    public synchronized void add(TapFeed feed) {
        List<TapFeed> feeds = feeds();
        feeds.add(feed);
        onlookers = new Onlookers(feeds);
    }

    /** Has it see nothing more; does nothing the second time. */
    public synchronized void remove(TapFeed feed) {
        List<TapFeed> feeds = feeds();
        feeds.remove(feed);
        onlookers = feeds.isEmpty() ? null : new Onlookers(feeds);
    }

    private List<TapFeed> feeds() {
        Onlookers now = onlookers;
        return now == null ? new ArrayList<>() : new ArrayList<>(now.feeds);
    }

    /** Returns those who look on; null if nobody does. */
    public @Nullable Onlookers onlookers() {
        return onlookers;
    }

    /** Those who look on. They see what the mode allows at that moment. */
    public final class Onlookers {

        private final List<TapFeed> feeds;

        private Onlookers(List<TapFeed> feeds) {
            this.feeds = List.copyOf(feeds);
        }

        /** They see a frame or a datagram that has come. */
        public void received(Origin from, byte[] payload) {
            see(true, from, 1, payload.length, most -> Arrays.copyOf(payload, most));
        }

        /** They see what has been written, which holds so many frames. */
        public void sent(Origin to, int count, FrameBuffer frames) {
            see(false, to, count, frames.size(), frames::first);
        }

        /** They see a datagram that has been sent. */
        public void sent(Origin to, byte[] datagram) {
            see(false, to, 1, datagram.length, most -> Arrays.copyOf(datagram, most));
        }

        private void see(boolean inbound, Origin origin, int count, int length, IntFunction<byte[]> bytes) {
            TapMode now = mode();
            if (now != TapMode.OFF) {
                IntFunction<byte[]> shown = now == TapMode.PAYLOAD ? bytes : null;
                feeds.forEach(feed -> feed.offer(inbound, origin, count, length, shown));
            }
        }
    }
}
