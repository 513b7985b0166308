package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/** Which outcomes a replica tells the log, and what a device's last flight allows to follow. */
final class OutcomeDuty {

    private final Replica replica;
    private final Actions actions;

    OutcomeDuty(Replica replica, Actions actions) {
        this.replica = replica;
        this.actions = actions;
    }

    /** What may follow the last flight. */
    enum Next {
        /** Nothing, before an outcome is in the log. */
        NOTHING,
        /** No flight: one is in the air here, or nobody here can tell what became of it. Another's end, though. */
        NO_FLIGHT,
        /** The same command once more. */
        RETRY,
        /** Any command: the last flight is over. */
        ANY
    }

    Next decide(DeviceState state, Standing standing, long now) {
        for (Command command : state.commands().answered()) {
            Outcome answer = command.answer();
            if (answer != null) {
                tell(command, answer, now);
            }
        }
        Entry.End ended = state.ended();
        if (ended != null && !state.isOver(ended.command())) {
            if (standing.owner()) {
                tell(state.commandOrNew(ended.command()), ended.outcome(), now);
            }
            if (replica.holds(Rule.AWAIT_OUTCOME)) {
                return Next.NOTHING;
            }
        }
        Entry.Sent sent = state.sent();
        return sent == null || state.isOver(sent.command()) ? Next.ANY : next(state, sent, standing, now);
    }

    private Next next(DeviceState state, Entry.Sent sent, Standing standing, long now) {
        if (isFlying(sent, standing.held())) {
            return Next.NO_FLIGHT;
        }
        Command command = state.command(sent.command());
        if (standing.owner() && (command == null || command.answer() == null)) {
            if (isSpent(sent)) {
                tell(state.commandOrNew(sent.command()), Outcome.UNCONFIRMED, now);
            } else if (standing.held() != null) {
                return Next.RETRY;
            }
        }
        return replica.holds(Rule.ONE_A_DEVICE) ? Next.NO_FLIGHT : Next.ANY;
    }

    private static boolean isFlying(Entry.Sent sent, @Nullable Binding held) {
        if (held == null || held.link().id() != sent.connection()) {
            return false;
        }
        Flying flying = held.flying();
        return flying != null && flying.is(sent) && !flying.isLost();
    }

    private boolean isSpent(Entry.Sent sent) {
        return sent.mode() == Mode.AT_MOST_ONCE && replica.holds(Rule.AT_MOST_ONCE)
                || sent.mode() == Mode.AT_LEAST_ONCE && sent.attempt() >= sent.attempts()
                || replica.replicas().time() > sent.deadline();
    }

    void tell(Command command, Outcome outcome, long now) {
        Underway before = command.ending();
        if (before == null || !before.isOpen(replica, now)) {
            Device device = command.device().device();
            Underway record = new Underway(
                    new Entry.Over(device, command.id(), outcome, command.sent()),
                    replica.partitions().outcomes(device),
                    now);
            command.ending(record);
            actions.append(record);
        }
    }
}
