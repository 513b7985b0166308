package dev.sluice.command;

import dev.sluice.command.DeviceSocket.Closing;
import dev.sluice.log.LogException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's thread.
 *
 * <p>It owns the machine, the log and all that is known. It takes whatever waits in its queue, lets the machine decide,
 * appends all that follows at once, reads that back, and only then acts: the more there is to do, the more share an
 * append. Sockets are written to by virtual threads, one a flight. The queue is bounded; who fills it waits.
 */
final class Courier implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Courier.class);

    private static final int BITS_OF_CONNECTIONS = 32;
    private static final int MOST_WAITING = 16 * 1024;
    private static final int MOST_A_ROUND = 4 * 1024;
    private static final long PATIENCE_MILLIS = 500;
    private static final Runnable NOTHING = () -> {};

    private final Journal records;
    private final Machine machine;
    private final Sockets sockets;
    private final Departures departures;
    private final CommandWatch watch;
    private final Alarms alarms = new Alarms();
    private final Queue<Runnable> told = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread = Thread.ofPlatform().name("commands").unstarted(this);

    private volatile boolean closing;
    /** After this nobody looks into the queue any more but those who put something there. */
    private volatile boolean ended;
    /** What others see. */
    private volatile int connected;

    private volatile int outcomes;
    private volatile long oldest = Long.MAX_VALUE;
    private volatile long bytes;

    /** Opens a log, with what the machine asks for besides records. */
    interface Opening<E extends Exception> {

        /**
         * @param life unlike that of any process that has written to the log; connections have their numbers after it
         */
        Journal open(long life, Actions others, Courier engine) throws E;
    }

    <E extends Exception> Courier(CommandWatch watch, Opening<E> log) throws E {
        long life = (ThreadLocalRandom.current().nextLong() & Integer.MAX_VALUE) << BITS_OF_CONNECTIONS;
        this.watch = watch;
        this.records = log.open(life, new Others(), this);
        this.machine = this.records.machine();
        this.sockets = new Sockets(machine, this.records::name, life);
        this.departures = new Departures(this.records, alarms, watch, what -> {
            boolean _ = ask(what);
        });
        publish();
        findOldest();
    }

    void start() {
        thread.start();
        records.start();
    }

    /** What the machine asks for besides records. */
    private final class Others implements Actions {

        @Override
        public void append(Underway record) {
            throw new IllegalStateException("records are the log's");
        }

        @Override
        public void write(Flying flying) {
            departures.add(flying);
        }

        @Override
        public void close(Link link, Closing why) {
            sockets.closed(link);
            DeviceSocket socket = link.socket();
            if (socket != null) {
                socket.close(why);
            }
        }

        /** Nobody is told what earlier lives have left. */
        @Override
        public void submitted(Command command) {
            oldest = Math.min(oldest, command.stamp());
            if (thread.isAlive()) {
                watch.submitted(CommandIndex.state(command));
            }
        }

        @Override
        public void ended(Command command) {
            if (thread.isAlive()) {
                watch.ended(CommandIndex.state(command));
            }
        }
    }

    /** Has something done on the engine's thread, without waiting: only for as much as is bounded elsewhere. */
    void tell(Runnable what) {
        told.add(what);
        boolean _ = queue.offer(NOTHING);
    }

    /** Has something done on the engine's thread. Waits while it is behind. Returns false if it has ended. */
    boolean ask(Runnable what) {
        boolean interrupted = false;
        try {
            while (!closing) {
                try {
                    if (queue.offer(what, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                        return !ended || !queue.remove(what);
                    }
                } catch (InterruptedException ex) {
                    interrupted = true;
                }
            }
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void run() {
        long tick = Journal.now();
        List<Runnable> round = new ArrayList<>();
        while (!closing || !queue.isEmpty()) {
            try {
                gather(round, Math.min(tick, alarms.first()));
                round.forEach(this::perform);
                alarms.ring(Journal.now());
                if (Journal.now() >= tick) {
                    tick = Journal.now() + records.tickMillis();
                    records.tick();
                    findOldest();
                    records.outboxes().tick();
                }
                do {
                    machine.settle(Journal.now());
                    records.commitAll();
                } while (departures.goAll());
                records.outboxes().next();
                publish();
            } catch (InterruptedException ex) {
                log.debug("Interrupted", ex);
            } catch (RuntimeException ex) {
                log.error("The engine of commands goes on after a failure", ex);
            }
            round.clear();
        }
        records.outboxes().tick();
        records.commitAll();
        ended = true;
    }

    private void gather(List<Runnable> round, long until) throws InterruptedException {
        Runnable first = queue.poll(Math.max(0, until - Journal.now()), TimeUnit.MILLISECONDS);
        if (first != null) {
            round.add(first);
            queue.drainTo(round, MOST_A_ROUND);
        }
        for (Runnable each = told.poll(); each != null; each = told.poll()) {
            round.add(each);
        }
    }

    private void perform(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException ex) {
            log.error("The engine of commands goes on after an event that has failed", ex);
        }
    }

    private void publish() {
        connected = machine.connectedDevices();
        bytes = records.bytes();
        outcomes = records.outboxes().waiting();
    }

    /** Goes through all that waits, so that it is done with each tick, or once nothing does. */
    private void findOldest() {
        long eldest = Long.MAX_VALUE;
        for (DeviceState state : machine.active()) {
            if (!state.queue().isEmpty()) {
                eldest = Math.min(eldest, state.queue().getFirst().stamp());
            }
        }
        oldest = eldest;
    }

    // For the engine's thread

    Journal records() {
        return records;
    }

    Sockets sockets() {
        return sockets;
    }

    Departures departures() {
        return departures;
    }

    Alarms alarms() {
        return alarms;
    }

    // For any thread

    Ledger ledger() {
        return records.index().ledger();
    }

    int connected() {
        return connected;
    }

    /** Milliseconds since 1970, by the log's clock, as of the last tick; as late as can be if nothing is pending. */
    long oldest() {
        return ledger().pending() == 0 ? Long.MAX_VALUE : oldest;
    }

    int outcomes() {
        return outcomes;
    }

    long bytes() {
        return bytes;
    }

    @Nullable
    String failure() {
        return records.failure();
    }

    void close() throws LogException {
        CompletableFuture<List<Thread>> handing = new CompletableFuture<>();
        if (ask(() -> handing.complete(records.outboxes().stop()))) {
            Outboxes.await(handing.join());
        }
        closing = true;
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException ex) {
                // It ends by itself.
                interrupted = true;
            }
        }
        for (Runnable late = queue.poll(); late != null; late = queue.poll()) {
            perform(late);
        }
        try {
            records.close();
        } finally {
            for (Runnable late = told.poll(); late != null; late = told.poll()) {
                perform(late);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
