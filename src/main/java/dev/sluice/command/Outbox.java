package dev.sluice.command;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcomes of one listener on their way to whoever takes them, in the order of the log.
 *
 * <p>An outcome is in the log before it is handed over, and the log is told afterwards how far that has come: what a
 * crash finds between the two is handed over once more. The engine's thread's own, but for {@link #hand}, which is a
 * virtual thread's, one at a time.
 */
final class Outbox {

    private static final Logger log = LoggerFactory.getLogger(Outbox.class);

    private static final int MOST_AT_ONCE = 500;
    private static final long NOWHERE = -1;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final String listener;
    private final Consumer<Runnable> engine;
    /** Bounded by the log: they are kept there as long. */
    private final Deque<Command> waiting = new ArrayDeque<>();
    /** The position of the last outcome that was handed over. */
    private long handed;
    /** The position of the record that says so; -1 if there is none. */
    private long noted = NOWHERE;

    private boolean changed;
    private @Nullable Thread handing;
    private volatile @Nullable OutcomeTaker taker;
    private volatile boolean closing;

    /**
     * @param engine does something on the engine's thread
     * @param handed the position of the last outcome that is not to be handed over
     */
    Outbox(String listener, Consumer<Runnable> engine, long handed) {
        this.listener = listener;
        this.engine = engine;
        this.handed = handed;
        this.changed = true;
    }

    /** The log says how far it has come. */
    void restore(long position, long at) {
        handed = Math.max(handed, position);
        noted = at;
        changed = handed != position;
    }

    /** The position of what the log says of it; -1 if it says nothing. */
    long noted() {
        return noted;
    }

    /** Returns whether the log is to be told how far it has come. */
    boolean isChanged() {
        return changed;
    }

    Entry.Handed entry() {
        return new Entry.Handed(listener, handed);
    }

    void takenBy(@Nullable OutcomeTaker other) {
        taker = other;
    }

    void add(Command command) {
        if (holds(command)) {
            waiting.add(command);
        }
    }

    int size() {
        return waiting.size();
    }

    /** Returns whether an outcome is still to be handed over, so that it must be kept. */
    boolean holds(Command command) {
        return command.endedPosition() > handed;
    }

    /** Hands over what waits, unless something is being handed over. */
    void next() {
        OutcomeTaker to = taker;
        if (to == null || handing != null || waiting.isEmpty() || closing) {
            return;
        }
        List<CommandState> some = new ArrayList<>();
        long last = handed;
        for (Command command : waiting) {
            some.add(CommandIndex.state(command));
            last = command.endedPosition();
            if (some.size() == MOST_AT_ONCE) {
                break;
            }
        }
        long upTo = last;
        handing = Thread.ofVirtual().name("outcomes-" + listener).start(() -> {
            boolean taken = hand(some);
            engine.accept(() -> handedOver(taken ? upTo : NOWHERE));
        });
    }

    /** Returns false if nobody takes them any more. */
    private boolean hand(List<CommandState> some) {
        Duration pause = FIRST_PAUSE;
        try {
            OutcomeTaker to = taker;
            while (to != null && !closing) {
                if (take(to, some)) {
                    return true;
                }
                Thread.sleep(pause);
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
                to = taker;
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private boolean take(OutcomeTaker to, List<CommandState> some) {
        try {
            return to.take(some);
        } catch (RuntimeException ex) {
            log.error("Listener '{}': {} outcomes of commands are handed over again", listener, some.size(), ex);
            return false;
        }
    }

    private void handedOver(long upTo) {
        handing = null;
        if (upTo > handed) {
            handed = upTo;
            changed = true;
        }
        while (!waiting.isEmpty() && !holds(waiting.element())) {
            waiting.remove();
        }
        next();
    }

    /** Nothing more is handed over. Returns the thread that still does; null if there is none. */
    @Nullable
    Thread stop() {
        closing = true;
        return handing;
    }
}
