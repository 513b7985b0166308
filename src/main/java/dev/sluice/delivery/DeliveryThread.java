package dev.sluice.delivery;

import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.memory.Halt;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A thread that takes one step of a delivery after the other until it is told to stop. It lives on whatever a step
 * throws, since nobody else would bring these messages.
 */
final class DeliveryThread {

    private static final long PAUSE_MILLIS = 500;
    /** A send that is cut off may take so long to end. */
    private static final Duration CUT_OFF = Duration.ofSeconds(10);

    /** What is done on the thread. */
    interface Work extends AutoCloseable {

        /** Does some of it, or waits for a while if there is nothing to do. */
        void step() throws InterruptedException;

        /** Called by the thread at its end. */
        @Override
        void close();
    }

    private final StopSignal stop;
    private final Work work;
    private final Consumer<String> trouble;
    private final Thread thread;

    /**
     * @param trouble is told what a step has thrown, with which no sink has to do
     */
    DeliveryThread(String name, StopSignal stop, Work work, Consumer<String> trouble) {
        this.stop = stop;
        this.work = work;
        this.trouble = trouble;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /** Starts it unless it has been. Called by one thread at a time. */
    void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /**
     * Waits until it has ended, if it was started. The stop has been given.
     *
     * @param by when a send that still runs is cut off, by {@code System.nanoTime()}
     */
    void awaitEnd(long by) {
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(Duration.ofNanos(Math.max(1, by - System.nanoTime())))) {
                thread.interrupt();
                thread.join(CUT_OFF);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (work) {
            while (!stop.given()) {
                try {
                    step();
                } catch (InterruptedException ex) {
                    // Only a stop means it, which the loop sees.
                }
            }
        }
    }

    private void step() throws InterruptedException {
        try {
            work.step();
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            trouble.accept(ex instanceof SpoolException ? "the spool: " + ex.getMessage() : ex.toString());
            stop.pause(PAUSE_MILLIS);
        }
    }
}
