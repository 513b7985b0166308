package dev.sluice.command;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commands that are known by their ids, how many there have been, and who waits for their ends. Used by the
 * engine's thread.
 */
final class CommandIndex {

    /** Is told once that a command is over. */
    interface Waiter {
        void over(CommandState state);
    }

    private final Map<String, Command> commands = new HashMap<>();
    private final Map<String, List<Waiter>> waiters = new HashMap<>();
    private final Deque<Command> over = new ArrayDeque<>();
    private final long[] counts = new long[Outcome.values().length];
    private final long[] forgotten = new long[Outcome.values().length];
    private long pending;
    /** Any thread may read it. Nobody is told of a command that is not counted in it. */
    private volatile Ledger ledger = count();

    @Nullable
    Command find(String id) {
        return commands.get(id);
    }

    void submitted(Command command) {
        commands.putIfAbsent(command.id(), command);
        pending++;
        ledger = count();
        if (command.isOver()) {
            boolean _ = ended(command);
        }
    }

    /** Returns false if only its outcome is known yet. */
    boolean ended(Command command) {
        Outcome outcome = command.outcome();
        if (!command.isSubmitted() || outcome == null) {
            return false;
        }
        pending--;
        counts[outcome.ordinal()]++;
        ledger = count();
        over.add(command);
        List<Waiter> waiting = waiters.remove(command.id());
        if (waiting != null) {
            CommandState state = state(command);
            waiting.forEach(waiter -> waiter.over(state));
        }
        return true;
    }

    void await(String id, Waiter waiter) {
        waiters.computeIfAbsent(id, _ -> new ArrayList<>(1)).add(waiter);
    }

    void awaitNoMore(String id, Waiter waiter) {
        List<Waiter> waiting = waiters.get(id);
        if (waiting != null && waiting.remove(waiter) && waiting.isEmpty()) {
            waiters.remove(id);
        }
    }

    /** Those that are over, the first first. */
    Deque<Command> over() {
        return over;
    }

    void forget(Command command) {
        commands.remove(command.id(), command);
        Outcome outcome = command.outcome();
        if (outcome != null) {
            forgotten[outcome.ordinal()]++;
        }
    }

    Entry.Forgotten forgotten() {
        return new Entry.Forgotten(forgotten);
    }

    /** What an earlier life had forgotten. Counted once, before anything else. */
    void restore(Entry.Forgotten earlier) {
        for (Outcome outcome : Outcome.values()) {
            long more = earlier.count(outcome) - forgotten[outcome.ordinal()];
            forgotten[outcome.ordinal()] += more;
            counts[outcome.ordinal()] += more;
        }
        ledger = count();
    }

    /** Safe for use by any thread. */
    Ledger ledger() {
        return ledger;
    }

    private Ledger count() {
        long submitted = pending;
        for (long count : counts) {
            submitted += count;
        }
        return new Ledger(
                submitted,
                counts[Outcome.CONFIRMED.ordinal()],
                counts[Outcome.REJECTED.ordinal()],
                counts[Outcome.EXPIRED.ordinal()],
                counts[Outcome.UNCONFIRMED.ordinal()],
                counts[Outcome.CANCELLED.ordinal()],
                counts[Outcome.REFUSED.ordinal()],
                pending);
    }

    static CommandState state(Command command) {
        return new CommandState(
                command.id(),
                command.device().device(),
                command.listener(),
                command.mode(),
                command.sent(),
                Instant.ofEpochMilli(command.stamp()),
                Instant.ofEpochMilli(command.deadline()),
                command.outcome(),
                command.isOver() ? Instant.ofEpochMilli(command.endedAt()) : null);
    }
}
