package dev.sluice.delivery;

import dev.sluice.memory.Halt;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go, in the background, of sinks and deliveries that a change of the configuration has made superfluous, each as
 * soon as nothing is under way there any more. There is a thread only while there is something to look after.
 */
final class Retirement {

    private static final Logger log = LoggerFactory.getLogger(Retirement.class);
    private static final long LOOK_MILLIS = 1000;

    private final BooleanSupplier endDone;
    private @Nullable Thread thread;
    /** How often it has been suspended and not resumed. */
    private int suspensions;

    /**
     * @param endDone ends what has nothing to do any more, and returns whether anything has
     */
    Retirement(BooleanSupplier endDone) {
        this.endDone = endDone;
    }

    /** Nothing is ended until this has been {@linkplain #resume resumed} as often. */
    synchronized void suspend() {
        suspensions++;
    }

    synchronized void resume() {
        suspensions--;
        if (suspensions == 0 && thread == null) {
            thread = Thread.ofVirtual().name("retirement").start(this::run);
        }
    }

    /** Closes a sink that nobody is to use any more. */
    void close(SharedSink sink) {
        Thread.ofVirtual().name("retirement-sink").start(() -> {
            try {
                sink.retire();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error ex) {
                Halt.onOutOfMemory(ex);
                log.warn("A sink that is not used any more could not be closed: {}", ex.toString());
            }
        });
    }

    private void run() {
        boolean goesOn = true;
        while (goesOn) {
            try {
                Thread.sleep(LOOK_MILLIS);
                goesOn = look();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                goesOn = false;
            } catch (RuntimeException | Error ex) {
                Halt.onOutOfMemory(ex);
                log.warn("What is left over is looked after again: {}", ex.toString());
            }
        }
    }

    private synchronized boolean look() {
        boolean goesOn = suspensions == 0 && endDone.getAsBoolean();
        if (!goesOn) {
            thread = null;
        }
        return goesOn;
    }
}
