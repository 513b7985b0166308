package dev.sluice.transport;

import dev.sluice.text.Visible;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * Warnings that peers can bring about as often as they like: for each reason at most one line a second, and a count of those
 * that were left out in the next one. Whoever owns it calls {@link #tellSuppressed()} now and then, so that the count is told
 * even if nothing more comes.
 *
 * <p>Safe for use by many threads. Holds two numbers a reason, and what is left out costs no text.
 *
 * @param <R> the reasons, whose names stand in the lines as meters show them
 */
public final class SuppressingLog<R extends Enum<R>> {

    private static final long INTERVAL_NANOS = 1_000_000_000L;
    /** As long as more comes, the next line tells the count, and says of whom it is, too. */
    private static final long SILENCE_NANOS = 2 * INTERVAL_NANOS;

    private static final int MOST_CHARACTERS = 500;

    private final Logger log;
    private final String listener;
    private final Map<R, State> states;

    private static final class State {

        /** By {@code System.nanoTime()}. */
        private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);

        private final AtomicLong suppressed = new AtomicLong();

        /** Whether a line may be written now, so long after the last. */
        boolean tryTell(long now, long after) {
            long last = toldAt.get();
            return now - last >= after && toldAt.compareAndSet(last, now);
        }
    }

    /**
     * @param log where the lines go
     * @param listener its name stands in front of all of them
     */
    public SuppressingLog(Logger log, String listener, Class<R> reasons) {
        this.log = log;
        this.listener = listener;
        this.states = new EnumMap<>(reasons);
        for (R reason : reasons.getEnumConstants()) {
            states.put(reason, new State());
        }
    }

    /**
     * Tells it, or counts it if the reason has been told within the last second.
     *
     * @param text asked for only if it is told; may hold what came from the wire
     */
    public void warn(R reason, Supplier<String> text) {
        State state = of(reason);
        if (state.tryTell(System.nanoTime(), INTERVAL_NANOS)) {
            long before = state.suppressed.getAndSet(0);
            log.warn(
                    "Listener '{}': {}{}",
                    listener,
                    oneLine(text.get()),
                    before == 0 ? "" : " (and " + before + " more before, reason '" + name(reason) + "')");
        } else {
            state.suppressed.incrementAndGet();
        }
    }

    /** Tells of every reason how many were left out, if its last line is two seconds old. */
    public void tellSuppressed() {
        long now = System.nanoTime();
        states.forEach((reason, state) -> {
            if (state.suppressed.get() > 0 && state.tryTell(now, SILENCE_NANOS)) {
                tell(reason, state);
            }
        });
    }

    /** The same, however old the last line is: nothing more is to come. */
    public void tellAllSuppressed() {
        states.forEach(this::tell);
    }

    private void tell(R reason, State state) {
        long count = state.suppressed.getAndSet(0);
        if (count > 0) {
            log.warn("Listener '{}': {} more since, reason '{}'", listener, count, name(reason));
        }
    }

    private State of(R reason) {
        State state = states.get(reason);
        if (state == null) {
            throw new IllegalArgumentException(String.valueOf(reason));
        }
        return state;
    }

    private static String name(Enum<?> reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String oneLine(String text) {
        return text.length() <= MOST_CHARACTERS
                ? Visible.text(text)
                : Visible.text(text.substring(0, MOST_CHARACTERS)) + '…';
    }
}
