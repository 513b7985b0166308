package dev.sluice.command;

import dev.sluice.command.Entry.Claim.Kind;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Which flights a replica claims for a device, and which ends of commands that are not to be sent. */
final class FlightDuty {

    private final Replica replica;
    private final Flights flights;
    private final Actions actions;
    private final OutcomeDuty outcomes;
    private final ToIntFunction<Device> maxPending;

    /** @param maxPending how many commands of a device may be pending that others write into the log */
    FlightDuty(
            Replica replica, Flights flights, Actions actions, OutcomeDuty outcomes, ToIntFunction<Device> maxPending) {
        this.replica = replica;
        this.flights = flights;
        this.actions = actions;
        this.outcomes = outcomes;
        this.maxPending = maxPending;
    }

    void decide(DeviceState state, Standing standing, OutcomeDuty.Next next, long now) {
        if (replica.holds(Rule.LAST_WORD)
                && state.isClaimStale()
                && standing.owner()
                && (standing.mine() || replica.holds(Rule.LAST_WORD_OF_CARETAKER))) {
            claim(state, Kind.AGAIN, state.sent(), state.ended(), null, now);
            return;
        }
        Command first = firstToSend(state, standing, now);
        Binding held = standing.held();
        if (isClaiming(state, now) || held == null) {
            return;
        }
        switch (next) {
            case NOTHING, NO_FLIGHT -> {}
            case RETRY -> retry(state, held, now);
            case ANY -> {
                if (first != null) {
                    send(state, held, first, now);
                }
            }
        }
    }

    boolean isClaiming(DeviceState state, long now) {
        Underway before = state.attempts().claim();
        return before != null
                && before.entry() instanceof Entry.Claim claim
                && state.number() < claim.number()
                && before.isOpen(replica, now);
    }

    /** Returns the first that waits. If one before it is not to be sent, claims its end instead. */
    private @Nullable Command firstToSend(DeviceState state, Standing standing, long now) {
        Entry.Sent sent = state.sent();
        Command first = null;
        int pending = 0;
        for (Command command : state.queue()) {
            if (sent != null && sent.command().equals(command.id())) {
                continue;
            }
            pending += standing.owner() ? 1 : 0;
            Outcome end = end(command, standing, pending);
            if (end != null && replica.holds(Rule.CLAIM_END)) {
                Entry.Sent carried = replica.holds(Rule.CARRY) ? sent : null;
                claim(state, Kind.END, carried, new Entry.End(command.id(), end), null, now);
                return null;
            }
            if (end != null) {
                outcomes.tell(command, end, now);
            } else if (first == null) {
                first = command;
            }
        }
        return first;
    }

    private @Nullable Outcome end(Command command, Standing standing, int pending) {
        if (command.isUnwanted()) {
            return Outcome.CANCELLED;
        }
        if (standing.owner() && command.deadline() < replica.replicas().time()) {
            return Outcome.EXPIRED;
        }
        boolean refused = command.isRefused()
                || pending > maxPending.applyAsInt(command.device().device());
        return standing.owner() && refused ? Outcome.REFUSED : null;
    }

    private void retry(DeviceState state, Binding held, long now) {
        Entry.Sent sent = state.sent();
        if (sent == null) {
            return;
        }
        Command command = state.command(sent.command());
        if (command == null || !command.isSubmitted()) {
            if (replica.reading().hasPassed(sent.partition(), sent.position())) {
                // Its record is no longer kept, so there are no bytes to send.
                outcomes.tell(state.commandOrNew(sent.command()), Outcome.UNCONFIRMED, now);
            }
            return;
        }
        long number = held.link().numberAgain(sent, leastNumber(state));
        if (isTaken(held, number)) {
            return;
        }
        boolean terms = replica.holds(Rule.TERMS);
        Entry.Sent again = new Entry.Sent(
                sent.command(),
                sent.attempt() + 1,
                held.link().id(),
                number,
                terms ? sent.mode() : command.mode(),
                terms ? sent.attempts() : command.attempts(),
                terms ? sent.deadline() : command.deadline(),
                command.partition(),
                command.position());
        claim(state, Kind.SEND, again, null, sent, now);
    }

    private void send(DeviceState state, Binding held, Command command, long now) {
        Entry.Sent first = first(
                state,
                held,
                command.id(),
                command.mode(),
                command.attempts(),
                command.deadline(),
                command.partition(),
                command.position());
        if (first != null) {
            claim(state, Kind.SEND, first, null, state.sent(), now);
        }
    }

    /** Returns the first attempt; null if its number is taken. */
    private Entry.@Nullable Sent first(
            DeviceState state,
            Binding held,
            String id,
            Mode mode,
            int attempts,
            long deadline,
            int partition,
            long position) {
        long number = held.link().newNumber(leastNumber(state));
        return isTaken(held, number)
                ? null
                : new Entry.Sent(id, 1, held.link().id(), number, mode, attempts, deadline, partition, position);
    }

    /**
     * Claims the flight of a command that is appended together with the claim, and before it: both are in the log then,
     * or neither. Only where nobody else can append in between.
     *
     * @param position that the command will have
     * @param stamp that it will have
     * @return null if anything is to be done before
     */
    @Nullable
    Underway claimBehind(
            DeviceState state, Standing standing, Entry.Submitted command, long position, long stamp, long now) {
        Binding held = standing.held();
        if (!replica.replicas().isAlone()
                || held == null
                || !state.isQuiet(standing)
                || state.command(command.id()) != null) {
            return null;
        }
        Entry.Sent first = first(
                state,
                held,
                command.id(),
                command.mode(),
                command.attempts(),
                stamp + command.ttlMillis(),
                replica.partitions().commands(command.device()),
                position);
        return first == null ? null : claiming(state, Kind.SEND, first, null, state.sent(), now);
    }

    /** Numbers grow from command to command of a device. */
    private static long leastNumber(DeviceState state) {
        Entry.Sent sent = state.sent();
        return Math.max(state.number(), sent == null ? 0 : sent.number()) + 1;
    }

    private boolean isTaken(Binding held, long number) {
        return replica.holds(Rule.ONE_A_CONNECTION) && held.link().isTaken(held, number, false);
    }

    private Underway claiming(
            DeviceState state,
            Kind kind,
            Entry.@Nullable Sent sent,
            Entry.@Nullable End ended,
            Entry.@Nullable Sent before,
            long now) {
        Device device = state.device();
        Entry.Claim claim = new Entry.Claim(
                kind, device, replica.id(), state.connection(), state.epoch(), state.number() + 1, sent, ended, before);
        Underway record = new Underway(claim, replica.partitions().devices(device), now);
        state.attempts(state.attempts().withClaim(record));
        return record;
    }

    private void claim(
            DeviceState state,
            Kind kind,
            Entry.@Nullable Sent sent,
            Entry.@Nullable End ended,
            Entry.@Nullable Sent before,
            long now) {
        actions.append(claiming(state, kind, sent, ended, before, now));
        Binding held = state.held();
        if (kind == Kind.SEND && !replica.holds(Rule.READ_BACK) && held != null && sent != null) {
            flights.go(state, held, sent);
        }
    }
}
