package dev.sluice.delivery.spool;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells that a full spool holds what comes, and that it does no more. It holds once nobody who waits has got room for a
 * second, and until nobody has had to wait for five: a sink that is only slow does not make it begin and end with each
 * batch.
 *
 * <p>The writer's thread looks; any thread may ask.
 */
final class Fullness {

    private static final Logger log = LoggerFactory.getLogger(Fullness.class);
    private static final Duration BEGINS = Duration.ofSeconds(1);
    private static final Duration ENDS = Duration.ofSeconds(5);

    private final String name;
    private final Room room;
    private volatile @Nullable Instant since;
    /** By {@code System.nanoTime()}. */
    private long lastWaitAt;

    Fullness(String name, Room room) {
        this.name = name;
        this.room = room;
    }

    /** Since when it holds; null if it does not. */
    @Nullable
    Instant since() {
        return since;
    }

    /** To be called several times a second. */
    void look(SpoolContents contents) {
        long now = System.nanoTime();
        long waited = room.nanosWaited(now);
        if (waited > 0) {
            lastWaitAt = now;
        }
        if (since == null && waited > BEGINS.toNanos()) {
            since = Instant.now();
            log.warn(
                    "Spool '{}': is full, {} of {} bytes are taken. What comes is held until there is room: {}",
                    name,
                    room.used(),
                    room.capacity(),
                    cause(contents));
        } else if (since != null && waited == 0 && now - lastWaitAt > ENDS.toNanos()) {
            since = null;
            log.info(
                    "Spool '{}': has room again, {} of {} bytes are taken. Nothing is held any more",
                    name,
                    room.used(),
                    room.capacity());
        }
    }

    /** What fills the spool, in words. */
    static String cause(SpoolContents contents) {
        String behind = contents.cursors().entrySet().stream()
                .filter(sink ->
                        contents.named().contains(sink.getKey()) && contents.waits(sink.getKey(), sink.getValue()))
                .min(Map.Entry.comparingByValue())
                .map(sink -> "sink '" + sink.getKey() + "' is behind (messages waiting: "
                        + (contents.allGoTo(sink.getKey()) ? "" : "at most ") + (contents.end() - sink.getValue())
                        + ")")
                .orElse("");
        long deadLetters = contents.named().stream()
                .mapToLong(sink ->
                        contents.deadLetters().getOrDefault(sink, Amount.NONE).messages())
                .sum();
        String dead = deadLetters == 0 ? "" : "dead letters can be replayed or purged (" + deadLetters + ")";
        return behind.isEmpty() || dead.isEmpty() ? behind + dead : behind + ", and " + dead;
    }
}
