package dev.sluice.command;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * The outcomes that somebody takes, by the listener that took their commands: one that is full holds up no other. The
 * engine's thread's own.
 */
final class Outboxes {

    /** How long a close waits for what is being handed over. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Consumer<Runnable> engine;
    private final Map<String, Outbox> boxes = new HashMap<>();
    /** Whether all is read that earlier lives have left. */
    private boolean ready;

    /** Whether the log is to be told now, not only with what else it is told. */
    private boolean due;

    /** @param engine does something on the engine's thread */
    Outboxes(Consumer<Runnable> engine) {
        this.engine = engine;
    }

    /** An entry was read, which is at this position. */
    void read(Entry.Handed handed, long at) {
        boxes.computeIfAbsent(handed.listener(), name -> new Outbox(name, engine, handed.position()))
                .restore(handed.position(), at);
    }

    /** Takes those up that an earlier life has left, once all is read. */
    void ready(CommandIndex index) {
        ready = true;
        if (!boxes.isEmpty()) {
            index.over().forEach(this::add);
        }
    }

    /** A command has its outcome, which is in the log. */
    void add(Command command) {
        Outbox box = ready ? boxes.get(command.listener()) : null;
        if (box != null) {
            box.add(command);
        }
    }

    /**
     * The outcomes of these listeners, and of no others, are taken from now on.
     *
     * @param last position in the log
     * @param forget is told the positions of entries that mean nothing any more
     */
    void become(Map<String, OutcomeTaker> takers, long last, LongConsumer forget) {
        takers.forEach((listener, taker) -> boxes.computeIfAbsent(listener, name -> {
                    due = true;
                    return new Outbox(name, engine, last);
                })
                .takenBy(taker));
        boxes.entrySet().removeIf(entry -> {
            boolean over = !takers.containsKey(entry.getKey());
            if (over) {
                entry.getValue().takenBy(null);
                if (entry.getValue().noted() >= 0) {
                    forget.accept(entry.getValue().noted());
                    due = true;
                }
            }
            return over;
        });
    }

    /** Returns whether a command must be kept, since its outcome was not handed over. */
    boolean holds(Command command) {
        Outbox box = boxes.get(command.listener());
        return box != null && box.holds(command);
    }

    /** How many outcomes are to be handed over. */
    int waiting() {
        int waiting = 0;
        for (Outbox box : boxes.values()) {
            waiting += box.size();
        }
        return waiting;
    }

    void next() {
        boxes.values().forEach(Outbox::next);
    }

    /** Time has passed, so that the log is to be told what it was not told yet. */
    void tick() {
        due |= boxes.values().stream().anyMatch(Outbox::isChanged);
    }

    boolean isDue() {
        return due;
    }

    /** Adds what the log is to be told, and the positions of what that takes the place of. */
    void note(List<Underway> records, List<Long> superseded, long now) {
        due = false;
        for (Outbox box : boxes.values()) {
            if (box.isChanged()) {
                records.add(new Underway(box.entry(), 0, now));
                if (box.noted() >= 0) {
                    superseded.add(box.noted());
                }
            }
        }
    }

    /** Nothing more is handed over. Returns the threads that still do, for {@link #await}. */
    List<Thread> stop() {
        List<Thread> handing = new ArrayList<>();
        for (Outbox box : boxes.values()) {
            Thread thread = box.stop();
            if (thread != null) {
                handing.add(thread);
            }
        }
        return handing;
    }

    /** Waits for a moment until these have ended, and has them end then. Called by any thread but the engine's. */
    static void await(List<Thread> handing) {
        Instant until = Instant.now().plus(PATIENCE);
        try {
            for (Thread thread : handing) {
                if (!thread.join(Duration.between(Instant.now(), until))) {
                    thread.interrupt();
                    thread.join();
                }
            }
        } catch (InterruptedException ex) {
            handing.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }
}
