package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.SpoolQueries;
import dev.sluice.delivery.spool.SpoolReader;
import dev.sluice.delivery.spool.StoredBatch;
import dev.sluice.message.Envelope;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import tools.jackson.databind.json.JsonMapper;

/** What a spool has for a sink, as lines of JSON, read from disk as fast as whoever asked takes it. */
final class SpoolExport extends InputStream {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_MESSAGES = 1000;

    private final DurableRoute route;
    private final String sink;
    private final SpoolReader reader;
    private final Deque<SpoolQueries.HeldStream> held;
    private final long end;
    private final Queue<byte[]> lines = new ArrayDeque<>();
    private long position;
    private long letter;
    private boolean lettersLeft = true;
    private byte[] line = {};
    private int at;

    private SpoolExport(DurableRoute route, String sink) {
        this.route = route;
        this.sink = sink;
        this.reader = route.spool().reader(sink);
        this.held = new ArrayDeque<>(route.spool().queries().heldStreams(sink));
        this.position = route.position(sink);
        this.end = route.spool().state().end();
    }

    static InputStreamResource of(DurableRoute route, String sink) {
        return new InputStreamResource(new SpoolExport(route, sink));
    }

    /**
     * A line.
     *
     * @param kind {@code held}, {@code waiting} or {@code dead-letter}
     */
    private record Exported(
            String kind,
            String id,
            String listener,
            String connection,
            long sequence,
            String remoteAddress,
            int remotePort,
            Instant receivedAt,
            byte[] base64,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer attempts,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String reason) {}

    private void add(String kind, Envelope message, @Nullable Integer attempts, @Nullable String reason) {
        Exported exported = new Exported(
                kind,
                message.id(),
                route.listener(),
                message.origin().connection(),
                message.sequence(),
                message.origin().remoteAddress(),
                message.origin().remote().getPort(),
                Instant.ofEpochMilli(message.receivedAt()),
                message.getPayload(),
                attempts,
                reason);
        lines.add((JSON.writeValueAsString(exported) + '\n').getBytes(StandardCharsets.UTF_8));
    }

    /** Adds some lines; none if there are no more. */
    private void addSome() throws InterruptedException {
        while (lines.isEmpty()) {
            if (!held.isEmpty()) {
                reader.held(held.removeFirst().stream(), Integer.MAX_VALUE)
                        .forEach(message -> add("held", message, null, null));
            } else if (position < end) {
                addWaiting();
            } else if (lettersLeft) {
                addDeadLetters();
            } else {
                return;
            }
        }
    }

    private void addWaiting() throws InterruptedException {
        SpoolReader.Portion portion = reader.read(position, 0);
        for (StoredBatch batch : portion.batches()) {
            reader.messages(batch, position).forEach(message -> add("waiting", message, null, null));
        }
        position = Math.max(position + 1, portion.end());
    }

    private void addDeadLetters() {
        List<DeadLetter> letters = new ArrayList<>(route.spool().queries().deadLetters(sink, letter, MOST_MESSAGES));
        letters.forEach(dead -> add("dead-letter", dead.message(), dead.attempts(), dead.reason()));
        lettersLeft = !letters.isEmpty();
        letter = letters.isEmpty() ? letter : letters.getLast().position() + 1;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        if (at == line.length) {
            try {
                addSome();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", ex);
            }
            if (lines.isEmpty()) {
                return -1;
            }
            line = lines.remove();
            at = 0;
        }
        int count = Math.min(length, line.length - at);
        System.arraycopy(line, at, bytes, from, count);
        at += count;
        return count;
    }

    @Override
    public void close() {
        reader.close();
    }
}
