package dev.sluice.transport;

import dev.sluice.text.KebabCase;
import dev.sluice.text.LogThrottle;
import dev.sluice.text.Visible;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * Warnings that peers can bring about as often as they like: for each reason at most one line a second, and a count of
 * those that were left out in the next one. Whoever owns it calls {@link #tellSuppressed()} now and then, so that the
 * count is told even if nothing more comes.
 *
 * <p>Safe for use by many threads. Holds two numbers a reason, and what is left out costs no text.
 *
 * @param <R> the reasons, whose names stand in the lines as meters show them
 */
public class SuppressingLog<R extends Enum<?>> {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    /** As long as more comes, the next line tells the count, and says of whom it is, too. */
    private static final Duration SILENCE = INTERVAL.multipliedBy(2);

    private static final int MOST_CHARACTERS = 500;

    private final Logger log;
    private final String listener;
    private final Map<R, LogThrottle> throttles = new ConcurrentHashMap<>();

    /**
     * @param log where the lines go
     * @param listener its name stands in front of all of them
     */
    public SuppressingLog(Logger log, String listener) {
        this.log = log;
        this.listener = listener;
    }

    /**
     * Tells it, or counts it if the reason has been told within the last second.
     *
     * @param text asked for only if it is told; may hold what came from the wire
     */
    public final void warn(R reason, Supplier<String> text) {
        LogThrottle throttle = throttles.computeIfAbsent(reason, _ -> new LogThrottle(INTERVAL));
        throttle.write(before -> log.warn(
                "Listener '{}': {}{}",
                listener,
                oneLine(text.get()),
                before == 0 ? "" : " (and " + before + " more before, reason '" + name(reason) + "')"));
    }

    /** Tells of every reason how many were left out, if its last line is two seconds old. */
    public final void tellSuppressed() {
        tellSuppressed(SILENCE);
    }

    /** The same, however old the last line is: nothing more is to come. */
    public final void tellAllSuppressed() {
        tellSuppressed(Duration.ZERO);
    }

    private void tellSuppressed(Duration silence) {
        throttles.forEach((reason, throttle) -> throttle.writeLeftOut(
                silence,
                count -> log.warn("Listener '{}': {} more since, reason '{}'", listener, count, name(reason))));
    }

    private static String name(Enum<?> reason) {
        return KebabCase.of(reason.name());
    }

    private static String oneLine(String text) {
        return text.length() <= MOST_CHARACTERS
                ? Visible.text(text)
                : Visible.text(text.substring(0, MOST_CHARACTERS)) + '…';
    }
}
