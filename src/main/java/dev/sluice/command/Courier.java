package dev.sluice.command;

import dev.sluice.command.DeviceSocket.Closing;
import dev.sluice.command.RefusedException.Cause;
import dev.sluice.log.Log;
import dev.sluice.log.LogException;
import dev.sluice.log.LogRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the machine of a process that has the log to itself.
 *
 * <p>One thread owns the machine, the log and all that is known. It takes whatever waits in its queue, lets the machine
 * decide, appends all that follows at once, reads that back, and only then acts: the more there is to do, the more share
 * an append. Sockets are written to by virtual threads, one a flight. The queue is bounded; who fills it waits.
 */
final class Courier implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Courier.class);

    private static final int MOST_WAITING = 16 * 1024;
    private static final int MOST_A_ROUND = 4 * 1024;
    private static final int READ_AT_ONCE = 1_000;
    private static final long TICK_MILLIS = 500;
    private static final long ALL = -1;

    /** A command on its way into the log. */
    interface Landing {
        void landed();

        void failed(RefusedException why);
    }

    private record Submitting(Underway record, Landing landing) {}

    private final Log records;
    private final Machine machine;
    private final CommandIndex index = new CommandIndex();
    private final CommandWatch watch;
    private final CommandLimits limits;
    private final Alarms alarms = new Alarms();
    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread = Thread.ofPlatform().name("commands").unstarted(this);

    /** What the machine has asked for, and is not done. */
    private final List<Underway> appends = new ArrayList<>();

    private final List<Submitting> submissions = new ArrayList<>();
    private final List<Long> forgotten = new ArrayList<>();
    private final List<Flying> writes = new ArrayList<>();
    private boolean totalsChanged;
    private long totalsPosition = -1;
    private final List<Long> dropped = new ArrayList<>();
    private boolean dropping;

    private Consumer<Link> closed = _ -> {};
    private volatile boolean closing;
    /** After this nobody looks into the queue any more but those who put something there. */
    private volatile boolean ended;

    private volatile @Nullable String failure;
    private volatile Ledger ledger = index.ledger();
    private volatile int connected;
    private volatile long oldest = Long.MAX_VALUE;
    private volatile long bytes;

    private Courier(Log records, long life, CommandLimits limits, CommandWatch watch, long end) {
        this.records = records;
        this.limits = limits;
        this.watch = watch;
        Replica replica = new Replica(
                life,
                EnumSet.allOf(Rule.class),
                Timing.USUAL,
                Partitions.ONE,
                new Reading(new long[] {end}),
                new Replicas(life, true, Timing.USUAL, EnumSet.allOf(Rule.class), now()));
        this.machine = new Machine(replica, new Asked(), Integer.MAX_VALUE);
    }

    /**
     * Reads what the log holds.
     *
     * @param life unlike that of any process that has written to the log
     */
    static Courier open(Log records, long life, CommandLimits limits, CommandWatch watch) throws LogException {
        long last = ALL;
        List<LogRecord> page = records.read(last, READ_AT_ONCE);
        long end = records.last() + 1;
        Courier courier = new Courier(records, life, limits, watch, end);
        courier.machine.time(records.time());
        while (!page.isEmpty()) {
            for (LogRecord each : page) {
                courier.read(each, EntryFormat.decode(each.content()));
                last = each.position();
            }
            page = records.read(last, READ_AT_ONCE);
        }
        courier.machine.reached(end - 1, now());
        courier.publish();
        return courier;
    }

    /** @param whenClosed is told, on this thread, which connection the machine has given up */
    void start(Consumer<Link> whenClosed) {
        closed = whenClosed;
        thread.start();
    }

    /** What the machine asks for. */
    private final class Asked implements Actions {

        @Override
        public void append(Underway record) {
            appends.add(record);
        }

        @Override
        public void write(Flying flying) {
            writes.add(flying);
        }

        @Override
        public void close(Link link, Closing why) {
            closed.accept(link);
            DeviceSocket socket = link.socket();
            if (socket != null) {
                socket.close(why);
            }
        }

        @Override
        public void submitted(Command command) {
            index.submitted(command);
            if (isRunning()) {
                watch.submitted(CommandIndex.state(command));
            }
        }

        @Override
        public void ended(Command command) {
            CommandState state = index.ended(command);
            if (state != null && isRunning()) {
                watch.ended(state);
            }
        }

        @Override
        public void forget(long position) {
            (dropping ? dropped : forgotten).add(position);
        }
    }

    /** Not while it reads what earlier lives have left. */
    private boolean isRunning() {
        return thread.isAlive();
    }

    /** Has something done on the engine's thread. Waits while it is behind. Returns false if it has ended. */
    boolean ask(Runnable what) {
        boolean interrupted = false;
        try {
            while (!closing) {
                try {
                    if (queue.offer(what, TICK_MILLIS, TimeUnit.MILLISECONDS)) {
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
        long tick = now();
        List<Runnable> round = new ArrayList<>();
        while (!closing || !queue.isEmpty()) {
            try {
                long until = Math.min(tick, alarms.first());
                Runnable first = queue.poll(Math.max(0, until - now()), TimeUnit.MILLISECONDS);
                if (first != null) {
                    round.add(first);
                    queue.drainTo(round, MOST_A_ROUND);
                    round.forEach(this::perform);
                }
                alarms.ring(now());
                if (now() >= tick) {
                    tick = now() + TICK_MILLIS;
                    machine.time(records.time());
                    machine.tick(now());
                    forgetOld();
                }
                machine.settle(now());
                commitAll();
                takeOff();
                publish();
            } catch (InterruptedException ex) {
                log.debug("Interrupted", ex);
            } catch (RuntimeException ex) {
                log.error("Commands: something has failed, and the engine goes on", ex);
            }
            round.clear();
        }
        ended = true;
    }

    private void perform(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException ex) {
            log.error("Commands: an event has failed, and the engine goes on", ex);
        }
    }

    // The log

    /** Hands a command to the log. Told on this thread. */
    void submit(Entry.Submitted command, Landing landing) {
        if (records.bytes() >= limits.maxBytes()) {
            landing.failed(new RefusedException(
                    Cause.FULL,
                    "the log of commands has its greatest size, " + limits.maxBytes()
                            + " bytes. Wait until commands are over, or allow more"));
            return;
        }
        submissions.add(new Submitting(new Underway(command, 0, now()), landing));
    }

    private void commitAll() {
        while (!appends.isEmpty() || !submissions.isEmpty() || totalsChanged || forgotten.size() > MOST_A_ROUND) {
            if (!commit()) {
                return;
            }
            machine.settle(now());
        }
    }

    private boolean commit() {
        List<Submitting> landing = List.copyOf(submissions);
        List<Underway> all = new ArrayList<>(appends.size() + landing.size());
        all.addAll(appends);
        landing.forEach(each -> all.add(each.record()));
        boolean totals = totalsChanged;
        if (totals) {
            all.add(new Underway(index.forgotten(), 0, now()));
            if (totalsPosition >= 0) {
                dropped.add(totalsPosition);
            }
        }
        appends.clear();
        submissions.clear();
        List<Long> over = new ArrayList<>(forgotten);
        over.addAll(dropped);
        List<LogRecord> appended;
        try {
            appended = records.append(
                    all.stream().map(each -> EntryFormat.encode(each.entry())).toList(), over);
        } catch (LogException ex) {
            failed(ex, all, landing);
            return false;
        }
        if (failure != null) {
            log.info("The log of commands is written again");
            failure = null;
        }
        forgotten.clear();
        dropped.clear();
        totalsChanged = false;
        for (int i = 0; i < all.size(); i++) {
            LogRecord each = appended.get(i);
            all.get(i).at(each.position());
            read(each, all.get(i).entry());
        }
        ledger = index.ledger();
        landing.forEach(each -> each.landing().landed());
        return true;
    }

    private void failed(LogException cause, List<Underway> all, List<Submitting> landing) {
        if (failure == null) {
            log.error("Commands wait, since their log cannot be written. It is tried again", cause);
        }
        failure = cause.getMessage();
        all.forEach(Underway::lost);
        Cause why = cause.isFull() ? Cause.FULL : Cause.UNAVAILABLE;
        landing.forEach(each -> each.landing().failed(new RefusedException(why, "" + cause.getMessage())));
    }

    private void read(LogRecord where, Entry entry) {
        if (entry instanceof Entry.Forgotten totals) {
            totalsPosition = where.position();
            index.restore(totals);
        }
        machine.read(0, where.position(), where.stamp(), entry, now());
    }

    /** Forgets commands that have been over for long, or are too many, and counts them still. */
    private void forgetOld() {
        long before = records.time() - limits.keep().toMillis();
        for (int left = Math.min(MOST_A_ROUND, index.over().size()); left > 0; left--) {
            Command eldest = index.over().element();
            if (eldest.endedAt() >= before && index.over().size() <= limits.maxKept()) {
                return;
            }
            index.over().remove();
            dropping = true;
            boolean gone = machine.forget(eldest);
            dropping = false;
            if (gone) {
                index.forget(eldest);
                totalsChanged = true;
            } else {
                index.over().add(eldest);
            }
        }
    }

    // Flights

    private void takeOff() {
        for (int i = 0; i < writes.size(); i++) {
            Flying flying = writes.get(i);
            DeviceSocket socket = flying.binding().link().socket();
            Flight flight = machine.mayWrite(flying) ? flight(flying) : null;
            if (flight == null || socket == null) {
                machine.unwritten(flying);
                continue;
            }
            Takeoff takeoff = new Takeoff();
            flying.takeoff(takeoff);
            Thread _ = Thread.ofVirtual().name("command").start(() -> {
                boolean written = takeoff.begin() && write(socket, flight);
                boolean _ = ask(() -> flown(flying, written));
            });
        }
        writes.clear();
        machine.settle(now());
    }

    private static boolean write(DeviceSocket socket, Flight flight) {
        try {
            return socket.write(flight);
        } catch (RuntimeException ex) {
            log.warn("A command for {} was not written", flight.device(), ex);
            return false;
        }
    }

    private @Nullable Flight flight(Flying flying) {
        Entry.Sent sent = flying.sent();
        try {
            List<LogRecord> found = records.read(sent.position() - 1, 1);
            if (!found.isEmpty()
                    && EntryFormat.decode(found.getFirst().content()) instanceof Entry.Submitted submitted
                    && submitted.id().equals(sent.command())) {
                Link link = flying.binding().link();
                return new Flight(
                        submitted.device(), submitted.id(), link.number(sent), sent.attempt(), submitted.payload());
            }
            log.error("Commands: '{}' is not in the log, though it is not over", sent.command());
        } catch (LogException | IllegalArgumentException ex) {
            log.error("Commands: '{}' cannot be read", sent.command(), ex);
        }
        return null;
    }

    private void flown(Flying flying, boolean written) {
        if (written) {
            written(flying);
        } else {
            machine.unwritten(flying);
        }
    }

    private void written(Flying flying) {
        boolean before = flying.isWritten();
        boolean awaited = machine.written(flying);
        Link link = flying.binding().link();
        DeviceState state = flying.binding().device();
        Command command = state.command(flying.sent().command());
        if (!before && command != null) {
            watch.written(
                    state.device(),
                    command.id(),
                    flying.sent().attempt(),
                    Duration.ofMillis(records.time() - command.stamp()));
        }
        Takeoff takeoff = flying.takeoff();
        if (awaited && takeoff != null) {
            takeoff.timeout(alarms.set(now() + link.terms().timeout().toMillis(), () -> machine.timedOut(flying)));
        }
    }

    /** An answer may be heard of before the write that it answers has returned. */
    void answered(Link link, @Nullable Device device, long number, boolean rejected) {
        for (Binding binding : List.copyOf(link.flights())) {
            Flying flying = binding.flying();
            Takeoff takeoff = flying == null ? null : flying.takeoff();
            if (flying != null && takeoff != null && takeoff.hasBegun() && !flying.isWritten()) {
                written(flying);
            }
        }
        Flying answered = machine.answered(link, device, number, rejected);
        Takeoff takeoff = answered == null ? null : answered.takeoff();
        if (takeoff != null && takeoff.timeout() != null) {
            alarms.cancel(takeoff.timeout());
        }
        if (answered == null && device != null) {
            watch.unexpected(device);
        } else if (answered == null) {
            link.bindings().keySet().stream().findFirst().ifPresent(watch::unexpected);
        }
    }

    // What others see. All but the volatile is for the engine's thread.

    private void publish() {
        ledger = index.ledger();
        connected = machine.connectedDevices();
        bytes = records.bytes();
        long eldest = Long.MAX_VALUE;
        if (ledger.pending() > 0) {
            for (DeviceState state : machine.active()) {
                eldest = state.queue().isEmpty()
                        ? eldest
                        : Math.min(eldest, state.queue().getFirst().stamp());
            }
        }
        oldest = eldest;
    }

    Machine machine() {
        return machine;
    }

    CommandIndex index() {
        return index;
    }

    Alarms alarms() {
        return alarms;
    }

    /** Returns the bytes of a command that is known. */
    byte[] payload(Command command) throws LogException {
        for (LogRecord each : records.read(command.position() - 1, 1)) {
            if (EntryFormat.decode(each.content()) instanceof Entry.Submitted submitted) {
                return submitted.payload();
            }
        }
        return new byte[0];
    }

    Ledger ledger() {
        return ledger;
    }

    int connected() {
        return connected;
    }

    long oldest() {
        return oldest;
    }

    long bytes() {
        return bytes;
    }

    @Nullable
    String failure() {
        return failure;
    }

    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    void close() throws LogException {
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
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        for (Runnable late = queue.poll(); late != null; late = queue.poll()) {
            perform(late);
        }
        submissions.forEach(each -> each.landing().failed(new RefusedException(Cause.UNAVAILABLE, "the service ends")));
        records.close();
    }
}
