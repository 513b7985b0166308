package dev.sluice.command;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a replica knows of devices and their commands, and what it does about them. Records of the log, events of its
 * sockets and ticks go in; {@link Actions} come out. There is no clock, chance, thread or input in it, so that whatever
 * happens can be simulated. Used by one thread.
 *
 * <p>The order of the log decides what counts; a replica only decides what it tries. What went in takes effect with
 * {@link #settle}.
 */
final class Machine {

    private final Replica replica;
    private final Registry registry;
    private final Flights flights;
    private final Reader reader;
    private final PresenceDuty presences;
    private final OutcomeDuty outcomes;
    private final FlightDuty claims;
    private final Actions actions;
    /** Those with whom time has something to do. */
    private final Set<DeviceState> active = new LinkedHashSet<>();

    /** Whether all has been looked at since all was read that was there. */
    private boolean begun;

    private long deaths;
    private boolean deaf;

    /** @param maxPending how many commands of a device may be pending that others write into the log */
    Machine(Replica replica, Actions actions, ToIntFunction<Device> maxPending) {
        this.replica = replica;
        this.actions = actions;
        this.registry = new Registry(actions);
        this.flights = new Flights(replica, registry, actions);
        this.reader = new Reader(replica, registry, flights, actions);
        this.presences = new PresenceDuty(replica, actions);
        this.outcomes = new OutcomeDuty(replica, actions);
        this.claims = new FlightDuty(replica, flights, actions, outcomes, maxPending);
    }

    boolean isReady() {
        return replica.reading().isReady();
    }

    /** Returns whether it knows too little of the others to take commands. */
    boolean isDeaf(long now) {
        return replica.replicas().isDeaf(now);
    }

    @Nullable
    DeviceState known(Device device) {
        return registry.known(device);
    }

    Iterable<DeviceState> states() {
        return registry.states();
    }

    /** How many devices are at connections of this replica. */
    int connectedDevices() {
        return registry.bound();
    }

    /** Those with whom time has something to do: all with commands that wait are among them. */
    Collection<DeviceState> active() {
        return active;
    }

    /**
     * Forgets a command that is over, and its device if there is nothing else of it.
     *
     * @return false if the device's last flight was its, so that it must be known still
     */
    boolean forget(Command command) {
        DeviceState state = command.device();
        if (state.refersTo(command.id()) && !state.isBlankBut(command)) {
            return false;
        }
        state.forget(command);
        actions.forget(command.position());
        actions.forget(command.endedPosition());
        forgetBlank(state);
        return true;
    }

    /** What nobody else has to know: nothing is said of it by anybody but the only replica. */
    void forgetBlank(DeviceState state) {
        if (replica.replicas().isAlone() && state.isBlank()) {
            if (state.presencePosition() >= 0) {
                actions.forget(state.presencePosition());
            }
            if (state.claimPosition() >= 0) {
                actions.forget(state.claimPosition());
            }
            active.remove(state);
            registry.remove(state);
        }
    }

    Replica replica() {
        return replica;
    }

    // The log

    /** Reads a record. Those of a partition come in their order. */
    void read(int partition, long position, long stamp, Entry entry, long now) {
        boolean before = isReady();
        reader.read(partition, position, stamp, entry, now);
        replica.reading().passed(partition, position);
        if (isReady() && !before) {
            begun = false;
            tick(now);
        }
    }

    /** There are no records up to a position that have not been read. */
    void reached(int partition, long position, long now) {
        boolean before = isReady();
        replica.reading().passed(partition, position);
        if (isReady() && !before) {
            begun = false;
            tick(now);
        }
    }

    /** Records are missing that were there. */
    void gap(int partition, long position, long[] ends) {
        if (isReady()) {
            replica.reading().startAnew(ends);
        }
        replica.reading().passed(partition, position);
    }

    // Sockets

    /** A device is at a connection. */
    void connected(Link link, Device device) {
        DeviceState state = registry.state(device);
        if (link.bindings().containsKey(device) || !link.isOpen()) {
            return;
        }
        for (Binding other : List.copyOf(state.bindings())) {
            if (other.link().isOpen() && !other.isAnnounced()) {
                registry.close(other.link(), DeviceSocket.Closing.REPLACED);
            }
        }
        registry.bind(link, state);
    }

    /** A connection has ended. */
    void gone(Link link) {
        if (link.isOpen()) {
            registry.gone(link);
        }
    }

    /** A connection goes on without a device. */
    void gone(Link link, Device device) {
        Binding binding = link.bindings().get(device);
        if (binding == null || !link.isOpen()) {
            return;
        }
        Flying flying = binding.flying();
        if (flying != null
                && flying.isOpen()
                && !link.isNumbered()
                && !link.terms().named()) {
            // Its answer could be taken for another's.
            registry.close(link, DeviceSocket.Closing.UNANSWERED);
        } else {
            registry.unbind(binding);
        }
    }

    void close(Link link, DeviceSocket.Closing why) {
        if (link.isOpen()) {
            registry.close(link, why);
        }
    }

    boolean mayWrite(Flying flying) {
        return flights.mayWrite(flying);
    }

    /** Returns whether an answer is waited for from now on. */
    boolean written(Flying flying) {
        return flights.written(flying);
    }

    void unwritten(Flying flying) {
        flights.unwritten(flying);
    }

    /** Returns the flight that was answered; null if none was. */
    @Nullable
    Flying answered(Link link, @Nullable Device device, long number, boolean rejected) {
        return flights.answered(link, device, number, rejected);
    }

    void timedOut(Flying flying) {
        flights.timedOut(flying);
    }

    // Callers and time

    void cancel(Command command) {
        command.cancel();
        registry.touch(command.device());
    }

    /**
     * Claims the flight of a command that is appended together with the claim, and right before it, so that one commit
     * does for both. To be called between {@link #settle} and that append, with the submission that is appended first.
     *
     * @param position that the command will have
     * @param stamp that it will have
     * @return null if the device is not connected here, or anything else of it is to be done before
     */
    @Nullable
    Underway claimBehind(Entry.Submitted command, long position, long stamp, long now) {
        DeviceState state = registry.known(command.device());
        return state == null || !isReady()
                ? null
                : claims.claimBehind(state, Standing.of(state, replica), command, position, stamp, now);
    }

    /** Tells what time it is for the log, where there are no heartbeats since there is one replica. */
    void time(long stamp) {
        replica.replicas().time(stamp);
    }

    /** Does what time brings. Called once between two heartbeats. */
    void tick(long now) {
        if (!isReady()) {
            return;
        }
        if (!replica.replicas().isAlone()) {
            actions.append(new Underway(
                    replica.replicas().heartbeat(), replica.partitions().replicas(), now));
        }
        long signature = replica.replicas().signature();
        boolean nowDeaf = isDeaf(now);
        if (!begun || signature != deaths || nowDeaf != deaf) {
            begun = true;
            deaths = signature;
            deaf = nowDeaf;
            lookAtAll();
        }
        long time = replica.replicas().time();
        for (DeviceState state : active) {
            if (state.attempts().quietUntil() <= time) {
                registry.touch(state);
            }
        }
        settle(now);
    }

    /** Has it decided again what to do about all but those about whom there is nothing to do: most are such. */
    private void lookAtAll() {
        for (DeviceState state : registry.states()) {
            boolean over = replica.replicas().isAlone() && state.isBlank();
            if (over || !state.queue().isEmpty() || !state.isQuiet(Standing.of(state, replica))) {
                state.attempts(state.attempts().until(0));
                active.add(state);
            }
        }
    }

    /** Does what follows from what went in. */
    void settle(long now) {
        if (!isReady() && replica.holds(Rule.REACH_END)) {
            return;
        }
        List<DeviceState> touched = registry.takeTouched();
        while (!touched.isEmpty()) {
            for (DeviceState state : touched) {
                if (registry.known(state.device()) == state) {
                    decide(state, now);
                }
            }
            touched = registry.takeTouched();
        }
        flights.releaseFree();
    }

    private void decide(DeviceState state, long now) {
        Standing standing = Standing.of(state, replica);
        boolean claiming = claims.isClaiming(state, now);
        presences.decide(state, standing, now);
        if (!isDeaf(now)) {
            OutcomeDuty.Next next = outcomes.decide(state, standing, now);
            if (next != OutcomeDuty.Next.NOTHING && !claiming) {
                claims.decide(state, standing, next, now);
            }
        }
        plan(state, standing, now);
    }

    /** Says when it is to be decided again though nothing has happened. */
    private void plan(DeviceState state, Standing standing, long now) {
        if (state.isQuiet(standing)) {
            long until = standing.owner() ? state.commands().firstDeadline() : Long.MAX_VALUE;
            if (until == Long.MAX_VALUE) {
                active.remove(state);
                if (!state.attempts().areOpen(replica, now)) {
                    state.attempts(Attempts.NONE);
                    forgetBlank(state);
                }
                return;
            }
            state.attempts(state.attempts().until(until + 1));
        } else {
            state.attempts(state.attempts().until(0));
        }
        active.add(state);
    }
}
