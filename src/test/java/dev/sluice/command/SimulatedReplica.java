package dev.sluice.command;

import dev.sluice.command.DeviceSocket.Closing;
import dev.sluice.command.SimulatedLog.Placed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A process with a machine in it: it may be slow, paused, cut off from the log, or killed between any two actions. */
final class SimulatedReplica {

    /** What it appends and the log does not have yet. */
    private static final class Outgoing {
        long at;
        final Underway record;

        Outgoing(long at, Underway record) {
            this.at = at;
            this.record = record;
        }
    }

    private sealed interface Action {
        record Append(Underway record) implements Action {}

        record Write(Flying flying) implements Action {}

        record Close(long link) implements Action {}
    }

    static final int CUT_WRITES = 1;
    static final int CUT_READS = 2;

    final int name;
    final long id;
    final Machine machine;
    final Map<Long, Link> links = new HashMap<>();
    boolean alive = true;
    long paused;
    long cut;
    int cutKind;
    long clockLag;
    long deafAt = -1_000_000;
    long readyAt = Long.MAX_VALUE;

    private final Simulation world;
    private final List<Deque<Outgoing>> outgoing = new ArrayList<>();
    private final long[] lastLanding;
    private final int[] next;
    private final boolean[] reading;
    private final int[] readDelay;
    private final int[] writeDelay;
    private int batch;
    private List<Action> actions = new ArrayList<>();

    SimulatedReplica(Simulation world, int name, long id) {
        this.world = world;
        this.name = name;
        this.id = id;
        int count = world.log.partitions.count();
        lastLanding = new long[count];
        next = new int[count];
        reading = new boolean[count];
        readDelay = new int[count];
        writeDelay = new int[count];
        for (int i = 0; i < count; i++) {
            outgoing.add(new ArrayDeque<>());
            readDelay[i] = world.chance.one(1, 3, 10, 40, 150, 500);
            writeDelay[i] = world.chance.one(1, 3, 10, 40, 150);
        }
        batch = world.chance.one(2, 5, 99);
        machine = world.machine(id, world.now, world.log.ends(), new Collected());
        if (world.healing) {
            heal();
        }
    }

    private final class Collected implements Actions {

        @Override
        public void append(Underway record) {
            actions.add(new Action.Append(record));
        }

        @Override
        public void write(Flying flying) {
            actions.add(new Action.Write(flying));
        }

        @Override
        public void close(Link link, Closing why) {
            actions.add(new Action.Close(link.id()));
        }

        @Override
        public void forget(long position) {
            if (world.alone) {
                world.log.forget(0, position);
                world.forgotten();
            }
        }
    }

    /** What it takes for the time. */
    long clock() {
        return world.now - clockLag;
    }

    boolean isWell() {
        return alive && machine.isReady() && paused <= world.now && cut <= world.now;
    }

    void heal() {
        batch = 99;
        for (int i = 0; i < readDelay.length; i++) {
            readDelay[i] = Math.min(readDelay[i], 100);
        }
    }

    void start() {
        for (int i = 0; i < next.length; i++) {
            wake(i);
        }
        if (machine.isReady()) {
            readyAt = world.now;
        }
        world.at(world.now + 1 + world.chance.below(Simulation.HEARTBEAT), this::tick);
    }

    private void tick() {
        if (!alive) {
            return;
        }
        if (paused > world.now) {
            world.at(paused + 1, this::tick);
            return;
        }
        if (machine.isDeaf(clock())) {
            deafAt = clock();
        }
        if (world.alone) {
            machine.time(world.now);
        }
        machine.tick(clock());
        act();
        world.at(world.now + Simulation.HEARTBEAT, this::tick);
    }

    /** Lets the machine decide, and does what it says. */
    void settle() {
        machine.settle(clock());
        act();
    }

    void act() {
        if (actions.isEmpty()) {
            return;
        }
        List<Action> all = actions;
        actions = new ArrayList<>();
        if (world.midway > 0 && !world.healing && world.chance.of(world.midway)) {
            int done = world.chance.between(0, all.size());
            perform(all.subList(0, done), world.now);
            if (world.chance.of(.5)) {
                kill();
            } else if (paused <= world.now) {
                pause(0);
                perform(all.subList(done, all.size()), paused + 1);
            }
            return;
        }
        perform(all, world.now);
    }

    private void perform(List<Action> some, long from) {
        long time = from;
        for (Action action : some) {
            time += world.chance.of(.9) ? 0 : world.chance.below(30);
            switch (action) {
                case Action.Append append -> append(append.record(), time);
                case Action.Write write -> {
                    long at = time + world.delay(world.chance.of(.9) ? 3 : 100);
                    world.at(at, () -> world.devices.write(this, write.flying(), false));
                }
                case Action.Close close -> {
                    long closed = close.link();
                    world.at(time + world.delay(30), () -> world.devices.closedByReplica(closed));
                }
            }
        }
    }

    void append(Underway record, long time) {
        int partition = record.partition();
        long landing = Math.max(lastLanding[partition], time + world.delay(writeDelay[partition]));
        lastLanding[partition] = landing;
        outgoing.get(partition).add(new Outgoing(time, record));
        world.at(landing, () -> land(partition));
    }

    private void land(int partition) {
        Deque<Outgoing> queue = outgoing.get(partition);
        Outgoing first = queue.peek();
        if (first == null) {
            return;
        }
        if (first.at > world.now) {
            world.at(first.at + 1, () -> land(partition));
            return;
        }
        if (cut > world.now && (cutKind & CUT_WRITES) != 0 && alive) {
            if (world.chance.of(.5)) {
                queue.remove();
            } else {
                world.at(cut + world.delay(50), () -> land(partition));
            }
            return;
        }
        queue.remove();
        Underway behind = null;
        if (world.alone
                && alive
                && first.record.entry() instanceof Entry.Submitted command
                && !isBehind(partition)
                && actions.isEmpty()
                && queue.isEmpty()
                && paused <= world.now) {
            behind = machine.claimBehind(command, world.log.end(partition), world.now, clock());
        }
        Placed placed = world.land(partition, first.record.entry());
        if (behind != null) {
            Underway claim = behind;
            Placed claimed = world.land(partition, claim.entry());
            world.claimedBehind++;
            world.at(world.now + world.delay(writeDelay[partition]), () -> told(claim, claimed.position()));
        }
        if (alive) {
            long told = cut > world.now && (cutKind & CUT_READS) != 0 ? cut : world.now;
            world.at(told + world.delay(writeDelay[partition]), () -> told(first.record, placed.position()));
        }
    }

    private void told(Underway record, long position) {
        if (alive && paused > world.now) {
            world.at(paused, () -> told(record, position));
        } else if (alive) {
            record.at(position);
        }
    }

    boolean isSending(int partition) {
        return !outgoing.get(partition).isEmpty();
    }

    boolean isBehind(int partition) {
        return next[partition] < world.log.end(partition);
    }

    void wake(int partition) {
        if (!reading[partition] && isBehind(partition)) {
            reading[partition] = true;
            world.at(world.now + world.delay(readDelay[partition]), () -> read(partition));
        }
    }

    private void read(int partition) {
        if (!alive) {
            return;
        }
        if (paused > world.now) {
            world.at(paused + 1 + world.chance.below(20), () -> read(partition));
            return;
        }
        if (cut > world.now && (cutKind & CUT_READS) != 0) {
            world.at(cut + world.delay(readDelay[partition]), () -> read(partition));
            return;
        }
        reading[partition] = false;
        boolean before = machine.isReady();
        int start = world.log.start[partition];
        if (next[partition] < start) {
            next[partition] = start;
            machine.replica().reading().passed(partition, start - 1L);
        }
        int most = batch < 99 && partition < world.log.partitions.replicas() ? world.chance.between(1, batch) : 999;
        while (most > 0 && isBehind(partition)) {
            int position = next[partition]++;
            Placed placed = world.log.records.get(partition).get(position);
            if (placed == null) {
                gap(partition, position);
            } else {
                machine.read(partition, position, placed.stamp(), placed.entry(), clock());
                most--;
            }
        }
        if (machine.isReady() && !before) {
            readyAt = world.now;
        }
        settle();
        wake(partition);
    }

    private void gap(int partition, int position) {
        boolean compacted = partition < world.log.partitions.each();
        if (compacted) {
            machine.gap(partition, position, world.log.ends());
        } else {
            machine.replica().reading().passed(partition, position);
        }
    }

    void pause(int millis) {
        long length = millis > 0
                ? millis
                : (int) (world.chance.one(200, 1000, 3000, 5000, 9000) * (.3 + world.chance.fraction()));
        if (world.healing) {
            length = Math.min(length, 3000);
        }
        paused = world.now + length;
        if (world.chance.of(.3)) {
            clockLag += length;
        }
        for (Deque<Outgoing> queue : outgoing) {
            for (Outgoing record : queue) {
                if (record.at > world.now) {
                    record.at += length;
                }
            }
        }
    }

    /** Of what it was appending, a part gets into the log. */
    void kill() {
        if (!alive) {
            return;
        }
        alive = false;
        for (Deque<Outgoing> queue : outgoing) {
            int sent = 0;
            for (Outgoing record : queue) {
                sent += record.at <= world.now ? 1 : 0;
            }
            int kept = sent == 0 ? 0 : world.chance.between(0, sent);
            while (queue.size() > kept) {
                queue.removeLast();
            }
        }
        world.killed(this);
    }
}
