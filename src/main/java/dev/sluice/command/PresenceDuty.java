package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/** What a replica tells the log about where a device is. */
final class PresenceDuty {

    private final Replica replica;
    private final Actions actions;

    PresenceDuty(Replica replica, Actions actions) {
        this.replica = replica;
        this.actions = actions;
    }

    void decide(DeviceState state, Standing standing, long now) {
        Binding newcomer = newcomer(state);
        if (newcomer != null) {
            announce(state, newcomer, now);
            return;
        }
        Boolean connected = saidAgain(state, standing);
        if (connected == null) {
            return;
        }
        Entry.Present entry = new Entry.Present(
                state.device(), state.replica(), state.connection(), state.epoch(), connected, state.place());
        Underway before = state.attempts().presence();
        if (before == null || !before.entry().equals(entry) || !before.isOpen(replica, now)) {
            state.attempts(state.attempts().withPresence(append(state, entry, now)));
        }
    }

    private static @Nullable Binding newcomer(DeviceState state) {
        Binding newcomer = null;
        for (Binding binding : state.bindings()) {
            if (binding.link().isOpen() && !binding.isAnnounced()) {
                newcomer = binding;
            }
        }
        return newcomer;
    }

    private void announce(DeviceState state, Binding newcomer, long now) {
        Underway before = newcomer.announcement();
        if (before == null || !before.isOpen(replica, now)) {
            Entry entry = new Entry.Connected(
                    state.device(),
                    replica.id(),
                    newcomer.link().id(),
                    newcomer.link().place());
            newcomer.announcement(append(state, entry, now));
        }
    }

    /** Returns whether it is to be said connected once more, or gone; null if nothing is to be said. */
    private @Nullable Boolean saidAgain(DeviceState state, Standing standing) {
        if (standing.mine() && standing.held() == null) {
            return false;
        }
        if (!state.isConnected() && state.replica() == replica.id() && isBoundTo(state, state.connection())) {
            return true;
        }
        if (state.isConnected() && !standing.alive() && standing.owner() && mayDeclareGone(state)) {
            return false;
        }
        boolean lastWord = replica.holds(Rule.LAST_WORD)
                && state.isPresenceStale()
                && standing.owner()
                && (standing.mine() || replica.holds(Rule.LAST_WORD_OF_CARETAKER));
        return lastWord ? (Boolean) state.isConnected() : null;
    }

    /** Somebody has said it gone who took us for dead. */
    private static boolean isBoundTo(DeviceState state, long connection) {
        for (Binding binding : state.bindings()) {
            if (binding.link().id() == connection && binding.link().isOpen()) {
                return true;
            }
        }
        return false;
    }

    /** A replica that lives after all says that it has the device, and is not contradicted before it could be heard. */
    private boolean mayDeclareGone(DeviceState state) {
        return replica.holds(Rule.CARE_GONE) && replica.replicas().isDeadSince(state.replica(), state.heldAt());
    }

    private Underway append(DeviceState state, Entry entry, long now) {
        Underway record = new Underway(entry, replica.partitions().devices(state.device()), now);
        actions.append(record);
        return record;
    }
}
