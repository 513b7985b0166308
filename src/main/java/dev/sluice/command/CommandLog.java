package dev.sluice.command;

import dev.sluice.command.DeviceSocket.Closing;
import dev.sluice.command.RefusedException.Cause;
import dev.sluice.log.LogException;
import dev.sluice.log.LogRecord;
import dev.sluice.log.SqliteLog;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine of a process that has the log to itself: what it wants appended is appended together, and read back at
 * once. Used by the engine's thread but for {@link #failure}.
 */
final class CommandLog implements Journal {

    private static final Logger log = LoggerFactory.getLogger(CommandLog.class);

    private static final String THIS = "self";
    private static final long TICK_MILLIS = 500;
    private static final int READ_AT_ONCE = 1_000;
    private static final int MOST_FORGOTTEN = 4 * 1024;
    private static final long BEGINNING = -1;
    private static final long NOWHERE = -1;

    private record Submitting(Underway record, Landing landing) {}

    private final SqliteLog records;
    private final CommandLimits limits;
    private final CommandIndex index;
    private final Outboxes outboxes;
    private final Machine machine;
    private final List<Underway> appends = new ArrayList<>();
    private final List<Submitting> submissions = new ArrayList<>();
    /** Those of the last commit that are sent at once, by their position. */
    private final Map<Long, Entry.Submitted> fresh = new HashMap<>();
    /** What the machine needs no more, to go with the next append. */
    private final List<Long> superseded = new ArrayList<>();
    /** Commands that are over for long, to go together with the count of them. */
    private final List<Long> dropped = new ArrayList<>();

    private boolean dropping;
    private boolean totalsChanged;
    private long totalsPosition = NOWHERE;
    private volatile @Nullable String failure;

    /**
     * Reads what the log holds.
     *
     * @param life unlike that of any process that has written to the log
     * @param others take what the machine asks for besides
     * @throws LogException if it cannot be read
     */
    CommandLog(
            SqliteLog records, long life, CommandLimits limits, CommandIndex index, Outboxes outboxes, Actions others)
            throws LogException {
        this.records = records;
        this.limits = limits;
        this.index = index;
        this.outboxes = outboxes;
        Set<Rule> rules = EnumSet.allOf(Rule.class);
        Replica replica = new Replica(
                life,
                rules,
                Timing.USUAL,
                Partitions.ONE,
                new Reading(new long[] {records.last() + 1}),
                new Replicas(life, true, Timing.USUAL, rules, now()));
        this.machine = new Machine(replica, new Asked(others), _ -> Integer.MAX_VALUE);
        readAll();
    }

    /** What the machine asks for. */
    private final class Asked implements Actions {

        private final Actions others;

        Asked(Actions others) {
            this.others = others;
        }

        @Override
        public void append(Underway record) {
            appends.add(record);
        }

        @Override
        public void forget(long position) {
            (dropping ? dropped : superseded).add(position);
        }

        @Override
        public void write(Flying flying) {
            others.write(flying);
        }

        @Override
        public void close(Link link, Closing why) {
            others.close(link, why);
        }

        @Override
        public void submitted(Command command) {
            index.submitted(command);
            others.submitted(command);
        }

        @Override
        public void ended(Command command) {
            if (index.ended(command)) {
                outboxes.add(command);
                others.ended(command);
            }
        }
    }

    @Override
    public Outboxes outboxes() {
        return outboxes;
    }

    @Override
    public void outcomes(Map<String, OutcomeTaker> takers) {
        outboxes.become(takers, records.last(), superseded::add);
    }

    @Override
    public Machine machine() {
        return machine;
    }

    @Override
    public CommandIndex index() {
        return index;
    }

    private static long now() {
        return Journal.now();
    }

    @Override
    public long time() {
        return records.time();
    }

    @Override
    public long bytes() {
        return records.bytes();
    }

    @Override
    public @Nullable String failure() {
        return failure;
    }

    /** Reads all that is there, before anything else. */
    private void readAll() throws LogException {
        machine.time(records.time());
        long last = BEGINNING;
        List<LogRecord> page = records.read(last, READ_AT_ONCE);
        while (!page.isEmpty()) {
            for (LogRecord each : page) {
                read(each, EntryFormat.decode(each.content()));
                last = each.position();
            }
            page = records.read(last, READ_AT_ONCE);
        }
        outboxes.ready(index);
        machine.reached(0, records.last(), now());
    }

    private void read(LogRecord where, Entry entry) {
        if (entry instanceof Entry.Forgotten totals) {
            totalsPosition = where.position();
            index.restore(totals);
        }
        if (entry instanceof Entry.Handed handed) {
            outboxes.read(handed, where.position());
        }
        machine.read(0, where.position(), where.stamp(), entry, now());
    }

    @Override
    public Supplier<byte @Nullable []> content(Command command) throws LogException {
        Entry.Submitted found = submitted(command.position());
        return () -> found == null ? null : found.payload();
    }

    private Entry.@Nullable Submitted submitted(long position) throws LogException {
        Entry.Submitted known = fresh.get(position);
        if (known != null) {
            return known;
        }
        for (LogRecord each : records.read(position - 1, 1)) {
            if (each.position() == position
                    && EntryFormat.decode(each.content()) instanceof Entry.Submitted submitted) {
                return submitted;
            }
        }
        return null;
    }

    @Override
    public String name(long replica) {
        return THIS;
    }

    @Override
    public void submit(Entry.Submitted command, Landing landing) {
        if (records.bytes() >= limits.maxBytes()) {
            landing.failed(new RefusedException(
                    Cause.FULL,
                    "the log of commands has its greatest size, " + limits.maxBytes()
                            + " bytes. Wait until commands are over, or allow more"));
            return;
        }
        submissions.add(new Submitting(new Underway(command, 0, now()), landing));
    }

    /** Appends all that was asked for, and what follows from that, until nothing does or the log fails. */
    @Override
    public void commitAll() {
        while (!appends.isEmpty()
                || !submissions.isEmpty()
                || totalsChanged
                || outboxes.isDue()
                || superseded.size() > MOST_FORGOTTEN) {
            if (!commit()) {
                return;
            }
            machine.settle(now());
        }
    }

    private boolean commit() {
        List<Submitting> landing = List.copyOf(submissions);
        List<Underway> all = new ArrayList<>(appends);
        landing.forEach(each -> all.add(each.record()));
        claimBehind(landing, appends.size(), all);
        List<Long> over = new ArrayList<>(superseded);
        over.addAll(dropped);
        if (totalsChanged) {
            all.add(new Underway(index.forgotten(), 0, now()));
            if (totalsPosition != NOWHERE) {
                over.add(totalsPosition);
            }
        }
        outboxes.note(all, over, now());
        appends.clear();
        submissions.clear();
        List<LogRecord> appended;
        try {
            List<byte[]> contents =
                    all.stream().map(each -> EntryFormat.encode(each.entry())).toList();
            appended = records.append(contents, over);
        } catch (LogException ex) {
            failed(ex, all, landing);
            return false;
        }
        if (failure != null) {
            log.info("Commands go on, since their log is written again");
            failure = null;
        }
        superseded.clear();
        dropped.clear();
        totalsChanged = false;
        for (int i = 0; i < all.size(); i++) {
            LogRecord each = appended.get(i);
            all.get(i).at(each.position());
            read(each, all.get(i).entry());
        }
        landing.forEach(each -> each.landing().landed(each.record()));
        return true;
    }

    /** A device that has nothing else to do is sent a command with the commit that makes it durable. */
    private void claimBehind(List<Submitting> landing, int before, List<Underway> all) {
        fresh.clear();
        for (int i = 0; i < landing.size(); i++) {
            long position = records.last() + 1 + before + i;
            if (landing.get(i).record().entry() instanceof Entry.Submitted command) {
                Underway claim = machine.claimBehind(command, position, records.time(), now());
                if (claim != null) {
                    all.add(claim);
                    fresh.put(position, command);
                }
            }
        }
    }

    /** What the machine asked for it asks for again, with the next tick. */
    private void failed(LogException cause, List<Underway> all, List<Submitting> landing) {
        if (failure == null) {
            log.error("Commands wait: {}. It is tried again", cause.getMessage());
        }
        failure = cause.getMessage();
        all.forEach(Underway::lost);
        Cause why = cause.isFull() ? Cause.FULL : Cause.UNAVAILABLE;
        landing.forEach(each -> each.landing().failed(new RefusedException(why, String.valueOf(cause.getMessage()))));
    }

    @Override
    public long tickMillis() {
        return TICK_MILLIS;
    }

    @Override
    public void tick() {
        machine.time(records.time());
        machine.tick(now());
        forgetOld();
    }

    /** Forgets commands that have been over for long, or are too many; they are counted still. */
    private void forgetOld() {
        long before = records.time() - limits.keep().toMillis();
        for (int left = Math.min(MOST_FORGOTTEN, index.over().size()); left > 0; left--) {
            Command eldest = index.over().element();
            if (eldest.endedAt() >= before && index.over().size() <= limits.maxKept()) {
                return;
            }
            index.over().remove();
            dropping = true;
            boolean gone = !outboxes.holds(eldest) && machine.forget(eldest);
            dropping = false;
            if (gone) {
                index.forget(eldest);
                totalsChanged = true;
            } else {
                index.over().add(eldest);
            }
        }
    }

    @Override
    public void close() throws LogException {
        RefusedException ends = new RefusedException(Cause.UNAVAILABLE, "the service ends");
        submissions.forEach(each -> each.landing().failed(ends));
        submissions.clear();
        records.close();
    }
}
