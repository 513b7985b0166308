package dev.sluice.command;

import dev.sluice.command.Alarms.Alarm;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The moment of a write, which either begins or has been called off. Safe for use by two threads. */
final class Takeoff {

    private static final int READY = 0;
    private static final int BEGUN = 1;
    private static final int CALLED_OFF = 2;

    private final AtomicInteger state = new AtomicInteger(READY);
    /** When the answer is too late. The engine's thread's own. */
    private @Nullable Alarm timeout;

    /** Returns whether the bytes may be written; they will be, then. */
    boolean begin() {
        return state.compareAndSet(READY, BEGUN);
    }

    boolean hasBegun() {
        return state.get() == BEGUN;
    }

    /** Has no effect on what has begun. */
    void callOff() {
        boolean _ = state.compareAndSet(READY, CALLED_OFF);
    }

    @Nullable
    Alarm timeout() {
        return timeout;
    }

    void timeout(Alarm alarm) {
        timeout = alarm;
    }
}
