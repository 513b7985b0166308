package dev.sluice.transport;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where a thread that serves peers may wait for something else: for room in a spool, for the disk, for a sink, for a
 * bean, for the end of a pause. {@link #cutShort} ends that wait, and all to come, by an interrupt. The thread is
 * interrupted between {@link #enter} and {@link #leave} and nowhere else, since an interrupt that comes within a read
 * or a write closes the socket.
 *
 * <p>One thread enters and leaves; any may cut short.
 */
public final class Waits {

    private @Nullable Thread waiting;
    private boolean cutShort;

    /** What follows may wait. The thread is interrupted at once if its waits have been cut short. */
    public synchronized void enter() {
        waiting = Thread.currentThread();
        // Whoever handled a message may have left it interrupted.
        Thread.interrupted();
        if (cutShort) {
            waiting.interrupt();
        }
    }

    /** The wait is over. The thread is not interrupted any more. */
    public synchronized void leave() {
        waiting = null;
        Thread.interrupted();
    }

    /** Has the thread look again whether what it waits for is there, if it waits. */
    public synchronized void wake() {
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /** Ends the wait in progress, and each that follows as soon as it begins. */
    public synchronized void cutShort() {
        cutShort = true;
        if (waiting != null) {
            waiting.interrupt();
        }
    }
}
