package dev.sluice.delivery.spool;

import dev.sluice.memory.Halt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to a spool. It takes whatever waits, commits it together, and only then lets go of those
 * who wait: under load batches form by themselves, and a quiet connection waits for its own commit and for no other.
 *
 * <p>While the disk cannot be written it tries again, for as long as it takes; acknowledgements are tried first then,
 * since they give room. Everybody else only enters the queue, which is bounded, and waits.
 */
final class SpoolWriter implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(SpoolWriter.class);

    private static final int MOST_WAITING = 1024;
    private static final int MOST_BYTES_A_COMMIT = 8 << 20;
    /** How long the acknowledgement of a sink that has caught up waits for an append, so as to share its commit. */
    private static final long COMPANY_MILLIS = 5;

    private static final long LOOK_MILLIS = 200;
    private static final long RETRY_MILLIS = 100;
    private static final long MOST_RETRY_MILLIS = 2000;
    private final String name;
    private final SpoolDisk disk;
    private final Room room;
    private final Fullness fullness;
    private final BlockingQueue<SpoolRequest> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;

    private volatile boolean closing;
    /** After this nobody looks into the queue any more but those who put something there. */
    private volatile boolean ended;

    private volatile boolean refusing;

    SpoolWriter(String name, SpoolDisk disk, Room room) {
        this.name = name;
        this.disk = disk;
        this.room = room;
        this.fullness = new Fullness(name, room);
        this.thread = Thread.ofPlatform().name("spool-" + name).unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** Why nothing can be written just now; null if it can. */
    @Nullable
    String failure() {
        return disk.failure();
    }

    /** Since when a full spool holds what comes; null if it does not. */
    @Nullable
    Instant heldSince() {
        return fullness.since();
    }

    /** What is durable. */
    SpoolContents contents() {
        return disk.contents();
    }

    /** While set, nobody waits for a disk that cannot be written. */
    void refuseHeld(boolean refuse) {
        refusing = refuse;
    }

    /** Asks, waiting while the queue is full. Fails what is asked if the spool is closed meanwhile. */
    void ask(SpoolRequest request) {
        try {
            while (!closing) {
                if (queue.offer(request, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    if (ended && queue.remove(request)) {
                        break;
                    }
                    return;
                }
                if (refusing && disk.failure() != null && request.takesRoom()) {
                    break;
                }
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            if (request instanceof SpoolRequest.Append append) {
                append.done().withdraw();
            }
        }
        refuse(request);
    }

    /** Nobody waits for an append any more: if it is not being written, it is not to be. */
    void withdraw(SpoolRequest.Appending append) {
        append.withdraw();
        refuseQueued(request -> request.done() == append);
    }

    /** Ends the thread once all that was asked has been done, or cannot be. */
    void close() {
        closing = true;
        // Only to wake it up.
        queue.offer(new SpoolRequest.RemoveDeadLetters(List.of(), new CompletableFuture<>()));
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException ex) {
                // It ends by itself, and whoever waits for it must not wait for ever.
                interrupted = true;
            }
        }
        refuseQueued(request -> true);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Each of them once, whoever else does so at the same time. */
    private void refuseQueued(Predicate<SpoolRequest> which) {
        take(which).forEach(this::refuse);
    }

    private List<SpoolRequest> take(Predicate<SpoolRequest> which) {
        List<SpoolRequest> taken = new ArrayList<>();
        for (SpoolRequest request : queue) {
            if (which.test(request) && queue.remove(request)) {
                taken.add(request);
            }
        }
        return taken;
    }

    private void refuse(SpoolRequest request) {
        String problem = disk.failure();
        refuse(request, problem == null || closing ? "the spool is closed" : "the spool cannot be written: " + problem);
    }

    private void refuse(SpoolRequest request, String reason) {
        if (request instanceof SpoolRequest.Append append) {
            room.release(append.content().length);
        }
        request.done()
                .completeExceptionally(
                        isWithdrawn(request) ? new SpoolWithdrawnException() : new SpoolClosedException(reason));
    }

    @Override
    public void run() {
        List<SpoolRequest> round = new ArrayList<>();
        try {
            while (true) {
                try {
                    gather(round);
                    fullness.look(contents());
                    if (!round.isEmpty()) {
                        write(round);
                    } else if (closing) {
                        return;
                    } else {
                        disk.look();
                    }
                } catch (RuntimeException ex) {
                    giveUp(round, ex);
                }
                round.clear();
            }
        } catch (InterruptedException ex) {
            log.debug("Spool '{}': its writer was interrupted", name, ex);
        } catch (Error ex) {
            // Nobody else can write, and whoever waits for it would wait for ever.
            Halt.on(ex, "The writer of spool '" + name + "'");
        } finally {
            closing = true;
            round.stream().filter(request -> !request.done().isDone()).forEach(this::refuse);
            disk.finish();
            ended = true;
            refuseQueued(request -> true);
        }
    }

    /** Nobody knows what is wrong, so what was asked is refused, and its peers hear so; sinks ask once more. */
    private void giveUp(List<SpoolRequest> round, RuntimeException cause) {
        log.error("Spool '{}': {} requests were refused", name, round.size(), cause);
        for (SpoolRequest request : round) {
            if (!request.done().isDone()) {
                refuse(request, "the spool has failed: " + cause);
            }
        }
        disk.refusedAppends();
        disk.startAnew();
    }

    private void gather(List<SpoolRequest> round) throws InterruptedException {
        SpoolRequest request = closing ? queue.poll() : queue.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (request instanceof SpoolRequest.Acknowledge acknowledge && mayWait(acknowledge) && !closing) {
            round.add(request);
            request = queue.poll(COMPANY_MILLIS, TimeUnit.MILLISECONDS);
        }
        long bytes = 0;
        while (request != null) {
            round.add(request);
            bytes += request instanceof SpoolRequest.Append append ? append.content().length : 0;
            request = bytes < MOST_BYTES_A_COMMIT && round.size() < MOST_WAITING ? queue.poll() : null;
        }
    }

    /** A sink that has caught up has nothing to do before the next append; one that is behind waits to go on. */
    private boolean mayWait(SpoolRequest.Acknowledge acknowledge) {
        return acknowledge.position() >= contents().end();
    }

    private void write(List<SpoolRequest> round) throws InterruptedException {
        long pause = RETRY_MILLIS;
        while (true) {
            disk.attempt(round, request -> true);
            if (round.isEmpty()) {
                disk.boundLog();
                return;
            }
            if (round.stream().anyMatch(SpoolRequest::takesRoom)) {
                // What needs no room can perhaps be done on a full disk.
                disk.attempt(round, request -> !request.takesRoom());
            }
            refuse(round, SpoolWriter::isWithdrawn);
            if (closing) {
                // Acknowledgements that cannot be noted mean a second delivery, which those who wait for them know.
                refuse(round, request -> true);
            } else if (refusing) {
                // Sinks go on, so their acknowledgements do too.
                refuse(round, SpoolRequest::takesRoom);
                refuseQueued(SpoolRequest::takesRoom);
            }
            if (round.isEmpty()) {
                return;
            }
            Thread.sleep(pause);
            pause = Math.min(pause * 2, MOST_RETRY_MILLIS);
            round.addAll(take(request -> !request.takesRoom()));
        }
    }

    private static boolean isWithdrawn(SpoolRequest request) {
        return request instanceof SpoolRequest.Append append && append.done().isWithdrawn();
    }

    private void refuse(List<SpoolRequest> round, Predicate<SpoolRequest> which) {
        List<SpoolRequest> refused = round.stream().filter(which).toList();
        round.removeAll(refused);
        refused.forEach(this::refuse);
        if (refused.stream().anyMatch(SpoolRequest::takesRoom)) {
            disk.refusedAppends();
        }
    }
}
