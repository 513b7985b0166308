package dev.sluice.command;

import dev.sluice.command.Guarantees.Key;
import dev.sluice.command.SimulatedDevices.Connection;
import dev.sluice.command.SimulatedLog.Placed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One world of a seed: up to five replicas, up to three devices, a log, and all that may go wrong. After some time it
 * heals; then everything must come to rest, and all that read the log must know the same.
 */
final class Simulation {

    static final int HEARTBEAT = 500;
    static final int TIMEOUT = 800;
    private static final Timing TIMING = new Timing(6, 1500, 900);
    private static final int LAG = 9000;
    private static final int LONGEST_TTL = 9000;
    private static final int KEPT_COMMANDS = LONGEST_TTL + 8000;
    private static final int KEPT_OUTCOMES = KEPT_COMMANDS + 12_000;

    private static final Actions NONE = new Actions() {
        @Override
        public void append(Underway record) {}

        @Override
        public void write(Flying flying) {}

        @Override
        public void close(Link link, DeviceSocket.Closing why) {}
    };

    private record Event(long at, long order, Runnable what) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /**
     * @param mixed whether it was submitted with other terms too
     */
    record Submission(Entry.Submitted entry, boolean mixed) {}

    final Chance chance;
    final Set<Rule> rules;
    final List<Device> all = new ArrayList<>();
    final boolean alone;
    final boolean gateway;
    final CommandTerms terms;
    final double midway;
    final double stopping;
    final SimulatedLog log;
    Machine truth;
    final Guarantees guarantees;
    final SimulatedDevices devices;
    final Map<Key, Submission> submissions = new HashMap<>();
    long now;
    /** How many flights were claimed together with the submission of their command. */
    int claimedBehind;

    boolean healing;
    /** Whether compaction has taken what counted: nothing is promised then. */
    boolean truthLost;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final int count;
    private final int maxPending;
    private final int chaos;
    private final double faultInterval;
    private final boolean darkness;
    private int slow;
    private long darkUntil;
    private long healedAt;
    private @Nullable SimulatedReplica stuck;
    private boolean stopped;
    private long order;
    private int names;
    private long lives;

    Simulation(long seed, Set<Rule> rules) {
        this.chance = new Chance(seed);
        this.rules = rules;
        this.alone = chance.of(.15);
        int devicesCount = chance.one(1, 1, 2, 3);
        for (int i = 0; i < devicesCount; i++) {
            all.add(new Device("meters", "device-" + i));
        }
        this.gateway = devicesCount > 1 && chance.of(.3);
        Partitions partitions = alone ? Partitions.ONE : new Partitions(chance.one(1, 2, 2, 3));
        int[] skew = new int[partitions.count()];
        if (chance.of(.3) && !alone) {
            for (int i = 0; i < skew.length; i++) {
                skew[i] = chance.one(0, 0, 0, -200, 200, 400);
            }
        }
        this.log = new SimulatedLog(partitions, skew);
        this.count = alone ? 1 : chance.between(2, 4);
        this.terms = new CommandTerms(
                chance.of(.2) ? Confirm.WRITTEN : Confirm.ANSWER,
                chance.of(.6) ? 256 : 0,
                chance.of(.3),
                Duration.ZERO);
        this.maxPending = chance.of(.15) ? 2 : 99;
        double wild = chance.one(3, 10, 10, 20) / 10.0;
        this.slow = chance.one(0, 0, 1, 2);
        this.midway = chance.one(0, 1, 4) / 100.0;
        this.stopping = chance.one(0, 0, 5, 20) / 100.0;
        this.chaos = chance.one(3000, 6000, 10_000, 16_000);
        this.faultInterval = chance.one(500, 1200, 3000) / wild;
        this.darkness = chance.of(.12) && !alone;
        this.truth = machine(-1, 0, new long[partitions.count()], NONE);
        this.guarantees = new Guarantees(this);
        this.devices = new SimulatedDevices(this);
    }

    Machine machine(long id, long since, long[] ends, Actions actions) {
        Replica replica = new Replica(
                id, rules, TIMING, log.partitions, new Reading(ends), new Replicas(id, alone, TIMING, rules, since));
        return new Machine(replica, actions, _ -> maxPending);
    }

    void at(long when, Runnable what) {
        events.add(new Event(when, order++, what));
    }

    int delay(int usual) {
        double what = chance.fraction();
        if (slow == 2 && what < .06) {
            return chance.below(2500) + 1;
        }
        return slow > 0 && what < .03 ? chance.below(1200) + 1 : chance.around(usual) + 1;
    }

    /** Returns what was violated; nothing if all has been kept. */
    List<String> run() {
        for (int i = 0; i < count; i++) {
            startReplica(chance.below(300), ++names);
        }
        at(chance.around(faultInterval) + 500, this::fault);
        at(chance.below(3000) + 1500, this::compactNow);
        int commands = chance.between(1, 6);
        for (int i = 0; i < commands; i++) {
            plan("command-" + i);
        }
        at(chaos, this::heal);
        while (!stopped && !events.isEmpty() && guarantees.violations.isEmpty()) {
            Event event = events.remove();
            now = event.at();
            event.what().run();
        }
        return truthLost ? List.of() : guarantees.violations;
    }

    List<SimulatedReplica> living() {
        return replicas.stream().filter(replica -> replica.alive).toList();
    }

    // Submitters

    private void plan(String id) {
        Device device = chance.one(all);
        int time = chance.below(chaos * .9);
        Mode mode = chance.of(.45) ? Mode.AT_MOST_ONCE : Mode.AT_LEAST_ONCE;
        int attempts = mode == Mode.AT_MOST_ONCE ? 1 : chance.between(1, 3);
        int ttl = chance.one(600, 1500, 4000, LONGEST_TTL);
        Confirm confirm = chance.of(.25) ? Confirm.WRITTEN : Confirm.ANSWER;
        Entry.Submitted entry = new Entry.Submitted(device, id, mode, attempts, ttl, confirm, new byte[0], "");
        submissions.put(new Key(device, id), new Submission(entry, false));
        at(time, () -> submit(entry, 5));
        if (chance.of(.25)) {
            at(time + chance.below(3000), () -> submit(entry, 2));
        }
        if (chance.of(.2)) {
            at(time + chance.below(2500), () -> cancel(entry));
        }
    }

    private void submit(Entry.Submitted entry, int tries) {
        int partition = log.partitions.commands(entry.device());
        if (!alone && chance.of(.4)) {
            int any = log.partitions.each() + chance.below(log.partitions.each());
            at(now + delay(10), () -> landByOther(entry, any));
            return;
        }
        List<SimulatedReplica> living = living();
        if (living.isEmpty()) {
            at(now + 800, () -> submit(entry, tries));
            return;
        }
        SimulatedReplica replica = chance.one(living);
        if (!replica.machine.isReady() || replica.paused > now || replica.machine.isDeaf(replica.clock())) {
            if (tries > 0) {
                at(now + 500, () -> submit(entry, tries - 1));
            } else if (!alone) {
                at(now + delay(10), () -> landByOther(entry, partition));
            }
            return;
        }
        replica.append(new Underway(entry, alone ? 0 : partition, replica.clock()), now);
        if (tries > 0) {
            at(now + 1500, () -> {
                if (!guarantees.landed.containsKey(new Key(entry.device(), entry.id()))) {
                    submit(entry, tries - 1);
                }
            });
        }
    }

    private void landByOther(Entry.Submitted entry, int partition) {
        Key key = new Key(entry.device(), entry.id());
        Entry.Submitted said = entry;
        if (guarantees.landed.containsKey(key) && chance.of(.3)) {
            boolean once = entry.mode() == Mode.AT_LEAST_ONCE;
            said = new Entry.Submitted(
                    entry.device(),
                    entry.id(),
                    once ? Mode.AT_MOST_ONCE : Mode.AT_LEAST_ONCE,
                    once ? 1 : 3,
                    entry.ttlMillis(),
                    entry.confirm(),
                    entry.payload(),
                    entry.listener());
            submissions.put(key, new Submission(entry, true));
        }
        land(partition, said);
    }

    private void cancel(Entry.Submitted entry) {
        List<SimulatedReplica> living =
                living().stream().filter(replica -> replica.paused <= now).toList();
        if (living.isEmpty()) {
            return;
        }
        SimulatedReplica replica = chance.one(living);
        DeviceState state = replica.machine.known(entry.device());
        Command command = state == null ? null : state.command(entry.id());
        if (command != null) {
            replica.machine.cancel(command);
            replica.settle();
        }
    }

    // The log

    Placed land(int partition, Entry entry) {
        Placed placed = log.append(partition, entry, now);
        guarantees.landed(placed);
        for (SimulatedReplica replica : replicas) {
            if (replica.alive) {
                replica.wake(partition);
            }
        }
        return placed;
    }

    /**
     * What the only replica has forgotten of a device is true no more. A command that landed meanwhile keeps the device
     * in the truth, but nothing of what was before.
     */
    void forgotten() {
        boolean anew = false;
        for (Device device : all) {
            DeviceState state = truth.known(device);
            if (state != null && isForgotten(state.presencePosition()) && isForgotten(state.claimPosition())) {
                truth.forgetBlank(state);
                anew |= truth.known(device) != null && (state.epoch() >= 0 || state.number() > 0);
            }
        }
        if (anew) {
            truth = lateReader(0, log.partitions.count());
        }
    }

    private boolean isForgotten(long position) {
        return position < 0 || log.records.getFirst().get((int) position) == null;
    }

    private void compactNow() {
        if (!healing) {
            at(now + chance.below(4000) + 1000, this::compactNow);
        }
        if (alone) {
            return;
        }
        compact(now - LAG);
        int each = log.partitions.each();
        for (int i = each; i < 3 * each; i++) {
            long keep = now - (i < 2 * each ? KEPT_COMMANDS : KEPT_OUTCOMES);
            List<@Nullable Placed> records = log.records.get(i);
            while (log.start[i] < records.size()) {
                Placed first = Objects.requireNonNull(records.get(log.start[i]));
                if (first.stamp() >= keep) {
                    break;
                }
                log.start[i]++;
                if (first.entry() instanceof Entry.Submitted submitted) {
                    Key key = new Key(submitted.device(), submitted.id());
                    if (!guarantees.outcomes.containsKey(key)) {
                        guarantees.lost.add(key);
                    }
                }
            }
        }
    }

    /** If that takes what counted while nobody lived to say it again, later readers know something else. */
    private void compact(long before) {
        log.compact(before);
        if (truthLost) {
            return;
        }
        Machine late = lateReader(0, log.partitions.each());
        for (Device device : all) {
            if (!sameRegisters(late, device)) {
                boolean somebody = replicas.stream()
                        .anyMatch(replica -> replica.alive
                                && replica.machine.isReady()
                                && replica.readyAt < before
                                && replica.deafAt + replica.clockLag < before
                                && replica.paused < before
                                && replica.cut < before);
                boolean flapping = guarantees.lastChange.getOrDefault(device, 0L) > before - 500;
                if (somebody && !flapping) {
                    guarantees.fail("truth lost though one lived", device);
                } else {
                    truthLost = true;
                }
                return;
            }
        }
    }

    private Machine lateReader(int from, int to) {
        Machine late = machine(-2, 0, new long[log.partitions.count()], NONE);
        for (int i = from; i < to; i++) {
            for (Placed placed : log.records.get(i).subList(log.start[i], log.end(i))) {
                if (placed != null) {
                    late.read(i, placed.position(), placed.stamp(), placed.entry(), now);
                }
            }
        }
        return late;
    }

    private boolean sameRegisters(Machine machine, Device device) {
        return samePresence(machine, device) && sameFlight(machine, device);
    }

    private boolean samePresence(Machine machine, Device device) {
        DeviceState one = machine.known(device);
        DeviceState other = truth.known(device);
        return one == null || other == null
                ? other == null || other.epoch() < 0 || alone && !other.isConnected()
                : one.epoch() == other.epoch()
                        && one.isConnected() == other.isConnected()
                        && one.connection() == other.connection()
                        && one.replica() == other.replica();
    }

    private boolean sameFlight(Machine machine, Device device) {
        DeviceState one = machine.known(device);
        DeviceState other = truth.known(device);
        return one == null || other == null
                ? other == null || other.number() == 0
                : one.number() == other.number()
                        && Objects.equals(one.sent(), other.sent())
                        && Objects.equals(one.ended(), other.ended());
    }

    // Faults

    private void startReplica(int after, int name) {
        at(now + after, () -> {
            if (living().size() < (alone ? 1 : 5)) {
                SimulatedReplica replica = new SimulatedReplica(this, name, ++lives);
                replicas.add(replica);
                replica.start();
            }
        });
    }

    void killed(SimulatedReplica replica) {
        devices.killed(replica);
        if (!healing && darkUntil <= now && (alone || chance.of(.8))) {
            startReplica(chance.below(2500), replica.name);
        }
    }

    private void fault() {
        if (healing) {
            return;
        }
        at(now + chance.around(faultInterval) + 50, this::fault);
        List<SimulatedReplica> living = living();
        double what = chance.fraction();
        if (darkness && now > chaos * .4 && darkUntil == 0 && what < .5) {
            darkUntil = now + LAG + chance.below(5000);
            living.forEach(SimulatedReplica::kill);
            int dark = (int) (darkUntil - now);
            startReplica(dark, ++names);
            for (int i = 1; i < count; i++) {
                startReplica(dark + chance.below(1000), ++names);
            }
            return;
        }
        if (darkUntil > now) {
            return;
        }
        if (living.isEmpty() || what < .12) {
            startReplica(0, living.isEmpty() || chance.of(.8) ? ++names : chance.one(living).name);
            return;
        }
        SimulatedReplica replica = chance.one(living);
        if (what < .4) {
            replica.kill();
        } else if (what < .65) {
            if (replica.paused <= now) {
                replica.pause(0);
            }
        } else if (what < .9) {
            cut(replica);
        } else if (chance.of(.5) && replica.machine.isReady()) {
            devices.stopped(replica);
            at(now + 400 + chance.below(1500), () -> stop(replica));
        }
    }

    private void cut(SimulatedReplica replica) {
        if (!alone) {
            replica.cut = now + (long) (chance.one(500, 2000, 5000, 8000) * (.3 + chance.fraction()));
            replica.cutKind = chance.one(3, 3, 1, 2);
        }
    }

    private void stop(SimulatedReplica replica) {
        if (replica.alive && replica.paused <= now && !healing) {
            if (chance.of(.8) && replica.cut <= now) {
                land(log.partitions.replicas(), new Entry.Down(replica.id));
            }
            replica.kill();
        }
    }

    // The end

    private void heal() {
        if (darkUntil > 0 && darkUntil > now - 500) {
            at(darkUntil + 1500, this::heal);
            return;
        }
        healing = true;
        replicas.forEach(SimulatedReplica::heal);
        List<SimulatedReplica> living = living();
        for (int i = living.size(); i < (alone ? 1 : 2); i++) {
            startReplica(0, ++names);
        }
        List<SimulatedReplica> well =
                living.stream().filter(SimulatedReplica::isWell).toList();
        if (well.size() > 1 && chance.of(.25)) {
            stuck = chance.one(well);
            int kind = chance.below(4);
            if (kind > 0) {
                stuck.cut = Long.MAX_VALUE / 2;
                stuck.cutKind = kind;
            } else {
                stuck.paused = Long.MAX_VALUE / 2;
            }
            if (living.size() < 3) {
                startReplica(0, ++names);
            }
        }
        slow = 0;
        healedAt = now;
        for (SimulatedReplica replica : living) {
            if (replica != stuck) {
                healedAt = Math.max(healedAt, Math.max(replica.cut, replica.paused));
            }
        }
        devices.heal();
        at(now + 1000, this::check);
    }

    private void check() {
        String unsettled = unsettled();
        if (unsettled != null && now < healedAt + LONGEST_TTL + 14_000) {
            at(now + 1000, this::check);
            return;
        }
        stopped = true;
        if (unsettled != null) {
            guarantees.fail("never comes to rest", unsettled);
            return;
        }
        if (!alone) {
            compact(now + 1);
        }
        List<Machine> readers = new ArrayList<>();
        living().stream().filter(replica -> replica != stuck).forEach(replica -> readers.add(replica.machine));
        readers.add(lateReader(0, log.partitions.count() - (alone ? 0 : 1)));
        readers.forEach(this::compare);
    }

    private void compare(Machine machine) {
        int submitted = 0;
        int over = 0;
        for (Device device : all) {
            if (!samePresence(machine, device)) {
                guarantees.fail("presence differs", device);
            }
            if (!sameFlight(machine, device)) {
                guarantees.fail("flight differs", device);
            }
            DeviceState state = machine.known(device);
            for (Key key : guarantees.landed.keySet()) {
                Command command = state != null && key.device().equals(device) ? state.command(key.command()) : null;
                if (command != null && command.isSubmitted()) {
                    submitted++;
                    over += command.isOver() ? 1 : 0;
                }
                if (command != null
                        && command.isOver()
                        && nothingDropped()
                        && command.outcome() != guarantees.outcomes.get(key)) {
                    guarantees.fail("outcome differs", key);
                }
            }
        }
        if (submitted != over && guarantees.lost.isEmpty()) {
            guarantees.fail("ledger", submitted - over);
        }
        if (machine.replica().id() >= 0 && nothingDropped() && submitted != guarantees.landed.size()) {
            guarantees.fail("ledger: submitted", submitted);
        }
    }

    private boolean nothingDropped() {
        for (int start : log.start) {
            if (start > 0) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String unsettled() {
        for (Key key : guarantees.landed.keySet()) {
            if (!guarantees.outcomes.containsKey(key) && !guarantees.lost.contains(key)) {
                return "no outcome: " + key;
            }
        }
        for (SimulatedReplica replica : living()) {
            if (replica != stuck && !replica.machine.isReady()) {
                return "not ready: " + replica.id;
            }
            for (int i = 0; i < log.partitions.count(); i++) {
                boolean heartbeats = !alone && i == log.partitions.replicas();
                if (replica != stuck && !heartbeats && (replica.isSending(i) || replica.isBehind(i))) {
                    return "under way: " + replica.id;
                }
            }
        }
        for (Device device : all) {
            DeviceState state = truth.known(device);
            if (state != null
                    && (state.isPresenceStale() || state.isClaimStale())
                    && rules.contains(Rule.LAST_WORD)
                    && rules.contains(Rule.LAST_WORD_OF_CARETAKER)) {
                return now > healedAt + LONGEST_TTL + 12_000 ? null : "no last word: " + device;
            }
            List<Connection> open = devices.open.get(device);
            if (!open.isEmpty() && open.getFirst().replica == stuck) {
                continue;
            }
            boolean wanted = devices.wanted.get(device);
            boolean held = open.size() == 1 && state != null && state.isAt(open.getFirst().id);
            if (wanted && !held) {
                return "not held: " + device;
            }
            if (!wanted && state != null && state.isConnected()) {
                return "a ghost: " + device;
            }
        }
        return null;
    }
}
