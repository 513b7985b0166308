package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.transport.Tap;
import dev.sluice.transport.TapFeed;
import dev.sluice.transport.TapMode;
import dev.sluice.transport.TappedBytes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What one operator sees of a listener, for some minutes. Frames are taken out by one thread; any may close it. */
public final class OpenTap implements AutoCloseable {

    private final Listener listener;
    private final Tap tap;
    private final TapFeed feed = new TapFeed();
    private final Predicate<OpenTap> there;
    private final BiConsumer<OpenTap, String> end;
    private final Duration most;
    private final long openedNanos = System.nanoTime();
    private final AtomicReference<@Nullable String> ended = new AtomicReference<>();

    /**
     * @param most how long it may be open
     * @param there whether its listener is still what it was
     * @param end is told once that it has ended, and why
     */
    OpenTap(Listener listener, Duration most, Predicate<OpenTap> there, BiConsumer<OpenTap, String> end) {
        this.listener = listener;
        this.tap = listener.transport().tap();
        this.most = most;
        this.there = there;
        this.end = end;
    }

    Listener listener() {
        return listener;
    }

    /** Returns whether it is where the listener's traffic passes. */
    boolean isAt(Listener now) {
        return now.transport().tap() == tap;
    }

    void begin() {
        tap.add(feed);
    }

    /**
     * Waits for the next frame. To be called at least once a second, since the frames of a second are bounded, and this
     * gives leave for the next.
     *
     * @return null if none came within this time, or it has ended
     */
    public @Nullable TappedFrame poll(Duration timeout) throws InterruptedException {
        endIfDue();
        if (ended.get() != null) {
            return null;
        }
        TappedBytes next = feed.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        long skipped = feed.takeSkipped();
        if (next != null) {
            return TappedFrame.of(next, listener.properties().charset(), skipped);
        }
        return skipped > 0 ? TappedFrame.ofSkipped(skipped) : null;
    }

    /** Ends it if its time is over, or there is nothing more to see. */
    void endIfDue() {
        if (System.nanoTime() - openedNanos > most.toNanos()) {
            end("time");
        } else if (!there.test(this)) {
            end("listener");
        } else if (tap.mode() == TapMode.OFF) {
            end("off");
        }
    }

    /** Returns why it has ended; nothing while it is open. */
    public Optional<String> ended() {
        return Optional.ofNullable(ended.get());
    }

    /** Ends it; does nothing the second time. */
    @Override
    public void close() {
        end("closed");
    }

    private void end(String why) {
        if (ended.compareAndSet(null, why)) {
            tap.remove(feed);
            end.accept(this, why);
        }
    }
}
