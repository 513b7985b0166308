package dev.sluice.command;

import dev.sluice.command.DeviceSocket.Closing;
import dev.sluice.command.Entry.Claim.Kind;
import java.util.List;

/** Makes of records what a replica knows. The same records make the same of it, everywhere. */
final class Reader {

    private static final long NOTHING = -1;

    private final Replica replica;
    private final Registry registry;
    private final Flights flights;
    private final Actions actions;

    Reader(Replica replica, Registry registry, Flights flights, Actions actions) {
        this.replica = replica;
        this.registry = registry;
        this.flights = flights;
        this.actions = actions;
    }

    void read(int partition, long position, long stamp, Entry entry, long now) {
        switch (entry) {
            case Entry.Connected connected -> {
                DeviceState state = registry.state(connected.device());
                if (state.isConnected() && state.replica() != connected.replica()) {
                    state.takenOver(stamp);
                }
                present(
                        state,
                        connected.replica(),
                        connected.connection(),
                        position,
                        true,
                        connected.place(),
                        position,
                        stamp);
            }
            case Entry.Present present -> read(present, position, stamp);
            case Entry.Claim claim -> read(replica.holds(Rule.LATE) ? claim.at(stamp) : claim, position);
            case Entry.Submitted submitted -> read(submitted, partition, position, stamp);
            case Entry.Over over -> read(over, position, stamp);
            case Entry.Heartbeat heartbeat -> replica.replicas().read(heartbeat, position, stamp, now);
            case Entry.Down down -> replica.replicas().read(down, stamp);
            case Entry.Hangup hangup -> hangUp(hangup);
            case Entry.Forgotten _, Entry.Handed _ -> {}
        }
        if (entry instanceof Entry.OfDevice ofDevice && !(entry instanceof Entry.Hangup) && isDecidedUpon()) {
            registry.touch(registry.state(ofDevice.device()));
        }
    }

    /** Once all is read that was there, all is looked at, whatever was read before. */
    private boolean isDecidedUpon() {
        return replica.reading().isReady() || !replica.holds(Rule.REACH_END);
    }

    private void read(Entry.Present present, long position, long stamp) {
        DeviceState state = registry.state(present.device());
        boolean counts =
                replica.holds(Rule.ORDER) ? present.epoch() >= state.epoch() : present.epoch() == state.epoch();
        if (counts) {
            present(
                    state,
                    present.replica(),
                    present.connection(),
                    present.epoch(),
                    present.connected(),
                    present.place(),
                    position,
                    stamp);
        } else {
            Rivalry rivalry = state.rivalry();
            if (rivalry != null && !present.connected()) {
                rivalry.left(present.epoch());
            }
            state.stalePresence();
            actions.forget(position);
        }
    }

    private void present(
            DeviceState state,
            long by,
            long connection,
            long epoch,
            boolean connected,
            Place place,
            long position,
            long stamp) {
        boolean news = !state.isConnected() || state.epoch() != epoch;
        forget(state.present(by, connection, epoch, connected, place, position, stamp));
        if (connected && news) {
            state.heldAt(replica.replicas().ownHeartbeats());
        }
        for (Binding binding : List.copyOf(state.bindings())) {
            if (binding.link().id() == connection) {
                binding.announced();
            } else if (binding.link().isOpen() && binding.isAnnounced()) {
                registry.close(binding.link(), Closing.REPLACED);
            }
        }
    }

    private void read(Entry.Claim claim, long position) {
        DeviceState state = registry.state(claim.device());
        if (!counts(claim, state)) {
            state.staleClaim();
            actions.forget(position);
            return;
        }
        forget(state.claimed(claim, position));
        Entry.Sent sent = claim.sent();
        if (sent == null) {
            return;
        }
        Command command = state.command(sent.command());
        if (command != null) {
            command.sent(sent.attempt());
        }
        boolean fresh = claim.kind() == Kind.SEND || claim.kind() == Kind.AGAIN && !replica.holds(Rule.REPEATED);
        if (fresh && claim.replica() == replica.id() && replica.holds(Rule.READ_BACK)) {
            Binding held = state.held();
            if (held != null && held.link().id() == sent.connection()) {
                flights.go(state, held, sent);
            }
        }
    }

    private void hangUp(Entry.Hangup hangup) {
        DeviceState state = registry.known(hangup.device());
        Binding held = state == null || state.epoch() != hangup.epoch() ? null : state.held();
        if (held != null) {
            registry.close(held.link(), Closing.ASKED);
        }
    }

    private boolean counts(Entry.Claim claim, DeviceState state) {
        if (replica.holds(Rule.EPOCH) && claim.epoch() < state.epoch()) {
            return false;
        }
        if (!replica.holds(Rule.NUMBER)) {
            return true;
        }
        if (!replica.holds(Rule.ORDER)) {
            return claim.number() == state.number() + 1;
        }
        if (claim.epoch() == state.claimEpoch()) {
            return claim.number() > state.number();
        }
        return claim.epoch() > state.claimEpoch();
    }

    private void read(Entry.Submitted submitted, int partition, long position, long stamp) {
        DeviceState state = registry.state(submitted.device());
        Command command = state.commandOrNew(submitted.id());
        if (command.isSubmitted()) {
            actions.forget(position);
            return;
        }
        command.submitted(submitted, partition, position, stamp);
        Entry.Sent sent = state.sent();
        if (sent != null && sent.command().equals(command.id())) {
            command.sent(sent.attempt());
        }
        if (!command.isOver()) {
            state.commands().enqueue(command);
        }
        actions.submitted(command);
    }

    private void read(Entry.Over over, long position, long stamp) {
        DeviceState state = registry.state(over.device());
        Command known = state.command(over.id());
        if (!replica.holds(Rule.EARLY_OUTCOME) && (known == null || !known.isSubmitted())) {
            return;
        }
        Command command = state.commandOrNew(over.id());
        if (command.isOver() && replica.holds(Rule.FIRST_OUTCOME)) {
            actions.forget(position);
        } else {
            command.over(over.outcome(), over.attempts(), position, stamp);
            state.commands().dequeue(command);
            state.commands().settled(command);
            actions.ended(command);
        }
        flights.over(state, over.id());
    }

    private void forget(long position) {
        if (position != NOTHING) {
            actions.forget(position);
        }
    }
}
