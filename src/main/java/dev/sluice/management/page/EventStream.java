package dev.sluice.management.page;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One reader's stream of events, written by the thread of its request. A reader who does not read holds up nobody else:
 * nothing is made for him meanwhile, and the web server's {@code connection-timeout} ends the write.
 */
final class EventStream implements AutoCloseable {

    /** A page opens the next one then, which is also when its session is looked at again. */
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final long BEAT_MILLIS = 250;
    /** After so many beats without an event a comment is written: only a write shows that the reader has gone. */
    private static final int MOST_QUIET_BEATS = 8;

    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.UTF_8);

    private final @Nullable String session;
    private final Map<String, Topic.Source> sources;
    private final JsonMapper json;
    private final Consumer<EventStream> closed;
    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * @param session the id of the one that it belongs to; null without one
     * @param sources by the name of their events
     * @param closed is told when it is
     */
    EventStream(
            @Nullable String session,
            Map<String, Topic.Source> sources,
            JsonMapper json,
            Consumer<EventStream> closed) {
        this.session = session;
        this.sources = sources;
        this.json = json;
        this.closed = closed;
    }

    boolean belongsTo(String someSession) {
        return someSession.equals(session);
    }

    /** Makes {@link #run} return soon; called by any thread. */
    void end() {
        ended.countDown();
    }

    /**
     * Writes events until it is to end or has lasted long enough.
     *
     * @throws IOException if the reader is gone or does not read
     */
    void run(Object hello, OutputStream out) throws IOException {
        write("hello", hello, out);
        out.flush();
        long until = System.nanoTime() + LONGEST.toNanos();
        int quiet = 0;
        try {
            do {
                boolean written = ++quiet > MOST_QUIET_BEATS;
                if (written) {
                    out.write(COMMENT);
                }
                for (Map.Entry<String, Topic.Source> source : sources.entrySet()) {
                    for (Object event : source.getValue().next()) {
                        write(source.getKey(), event, out);
                        written = true;
                    }
                }
                if (written) {
                    out.flush();
                    quiet = 0;
                }
            } while (System.nanoTime() < until && !ended.await(BEAT_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String event, Object data, OutputStream out) throws IOException {
        out.write(("event: " + event + "\ndata: " + json.writeValueAsString(data) + "\n\n")
                .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        sources.values().forEach(Topic.Source::close);
        closed.accept(this);
    }
}
