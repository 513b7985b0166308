package dev.sluice.command;

import dev.sluice.command.DeviceSocket.Closing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is in the air at the connections of a replica. */
final class Flights {

    private final Replica replica;
    private final Registry registry;
    private final Actions actions;
    /** Those that wait until another device's flight at the same connection is over. */
    private final List<Flying> heldBack = new ArrayList<>();

    Flights(Replica replica, Registry registry, Actions actions) {
        this.replica = replica;
        this.registry = registry;
        this.actions = actions;
    }

    /** A claim of this replica counts. */
    void go(DeviceState state, Binding binding, Entry.Sent sent) {
        Flying flying = new Flying(binding, sent);
        binding.flying(flying);
        if (isBusy(flying)) {
            heldBack.add(flying);
        } else {
            release(flying);
        }
    }

    /** Writes those whose connection has become free. */
    void releaseFree() {
        for (int i = 0; i < heldBack.size(); i++) {
            Flying flying = heldBack.get(i);
            boolean over = flying.binding().flying() != flying || flying.isLost();
            if (over || !isBusy(flying)) {
                heldBack.remove(i--);
                if (!over) {
                    release(flying);
                }
            }
        }
    }

    private void release(Flying flying) {
        flying.release();
        actions.write(flying);
    }

    private boolean isBusy(Flying flying) {
        Link link = flying.binding().link();
        return replica.holds(Rule.ONE_A_CONNECTION)
                && link.isTaken(flying.binding(), flying.sent().number(), true);
    }

    /** Looks once more, just before the write: much may have been read since the claim. */
    boolean mayWrite(Flying flying) {
        Binding binding = flying.binding();
        if (!binding.link().isOpen() || binding.flying() != flying || flying.isWritten() || flying.isLost()) {
            return false;
        }
        DeviceState state = binding.device();
        Entry.Sent sent = state.sent();
        boolean current = !replica.holds(Rule.READ_BACK) || sent != null && flying.is(sent);
        return !replica.holds(Rule.LOOK_AGAIN)
                || current
                        && state.isAt(binding.link().id())
                        && !state.isOver(flying.sent().command());
    }

    /** The bytes are the kernel's. Returns whether an answer is waited for from now on. */
    boolean written(Flying flying) {
        if (flying.isWritten()) {
            return false;
        }
        flying.written();
        Binding binding = flying.binding();
        if (binding.flying() != flying) {
            return false;
        }
        Link link = binding.link();
        Command command = binding.device().command(flying.sent().command());
        Confirm confirm = link.isNumbered() && command != null
                ? command.confirm()
                : link.terms().confirm();
        if (command != null && confirm == Confirm.WRITTEN) {
            flying.answered();
            binding.device().commands().answered(command, Outcome.CONFIRMED);
            registry.touch(link);
            return false;
        }
        return true;
    }

    /** None of the bytes are. */
    void unwritten(Flying flying) {
        if (!flying.isWritten()) {
            flying.lost();
            registry.touch(flying.binding().link());
            registry.touch(flying.binding().device());
        }
    }

    /** Returns the flight that it is the answer of; null if there is none. */
    @Nullable
    Flying answered(Link link, @Nullable Device device, long number, boolean rejected) {
        Flying flying = link.isOpen() ? link.answered(device, number) : null;
        if (flying != null) {
            flying.answered();
            DeviceState state = flying.binding().device();
            Command command = state.commandOrNew(flying.sent().command());
            state.commands().answered(command, rejected ? Outcome.REJECTED : Outcome.CONFIRMED);
            registry.touch(link);
        }
        return flying;
    }

    /** No answer came in time. One that comes later must not be taken for the next command's. */
    void timedOut(Flying flying) {
        Link link = flying.binding().link();
        if (flying.binding().flying() != flying || !link.isOpen() || !flying.isOpen()) {
            return;
        }
        if (!link.isNumbered() && replica.holds(Rule.CLOSE_UNANSWERED)) {
            registry.close(link, Closing.UNANSWERED);
        } else {
            flying.lost();
            registry.touch(link);
        }
    }

    /** A command has its outcome, whoever has said so. */
    void over(DeviceState state, String command) {
        for (Binding binding : List.copyOf(state.bindings())) {
            Flying flying = binding.flying();
            if (flying != null && flying.sent().command().equals(command)) {
                Link link = binding.link();
                binding.flying(null);
                registry.touch(link);
                boolean unanswered = flying.isWritten() && !flying.isAnswered();
                if (unanswered && !link.isNumbered() && link.isOpen() && replica.holds(Rule.CLOSE_FOREIGN)) {
                    registry.close(link, Closing.UNANSWERED);
                }
            }
        }
    }
}
