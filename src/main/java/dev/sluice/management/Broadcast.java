package dev.sluice.management;

import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Connection;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends one message to many connections side by side: all of one framing write the same bytes. Whoever does not read is
 * not waited for beyond {@link #PATIENCE}; writing to him goes on, until his listener's write timeout ends it.
 */
final class Broadcast {

    /** Longer than the write timeout unless that is raised, so that most know by then. */
    static final Duration PATIENCE = Duration.ofSeconds(40);

    /** For others who are writing to the same peer: no more than one sender waits for him beyond this. */
    private static final Duration TURN = Duration.ofSeconds(30);
    /** Of memory, for the thread that writes to a connection. */
    private static final long THREAD = 2048;

    private final MemoryBudget memory;

    Broadcast(MemoryBudget memory) {
        this.memory = memory;
    }

    /**
     * What a management call answers.
     *
     * @param sent peers to whom all was written
     * @param unfinished peers to whom it is still being written
     */
    record Sent(long sent, long unfinished) {}

    /**
     * Returns to how many it was sent; nothing if there is no memory for it.
     *
     * @throws IllegalArgumentException if a framing cannot carry it; then it is sent to nobody
     */
    Optional<Sent> send(byte[] payload, Collection<? extends Connection> connections) {
        List<Connection> peers = List.copyOf(connections);
        // Those that are there since before the configuration changed may have another.
        Map<Framing, FrameBuffer> frames = new HashMap<>();
        peers.forEach(peer -> frames.computeIfAbsent(peer.framing(), _ -> peer.frame(payload)));
        Holding held = memory.aside();
        long bytes = frames.values().stream().mapToLong(FrameBuffer::size).sum() + peers.size() * THREAD;
        if (!held.tryGrow(bytes)) {
            return Optional.empty();
        }
        LongAdder sent = new LongAdder();
        // One more than there are peers, for the loop below.
        AtomicInteger sending = new AtomicInteger(1);
        CountDownLatch unfinished = new CountDownLatch(peers.size());
        Runnable done = () -> {
            if (sending.decrementAndGet() == 0) {
                held.shrink(bytes);
            }
        };
        for (Connection peer : peers) {
            sending.incrementAndGet();
            Thread.ofVirtual().name("send-" + peer.connection()).start(() -> {
                try {
                    if (peer.send(Objects.requireNonNull(frames.get(peer.framing())), TURN)) {
                        sent.increment();
                    }
                } finally {
                    unfinished.countDown();
                    done.run();
                }
            });
        }
        done.run();
        try {
            unfinished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        return Optional.of(new Sent(sent.sum(), unfinished.getCount()));
    }
}
