package dev.sluice.transport.tcp;

import dev.sluice.transport.Connections;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.TaskScheduler;

/**
 * Walks all connections of a listener four times a second, closes those whose deadline has passed, and asks those that
 * are to be asked. A task of the scheduler does so, and whoever drains: when the program ends, the scheduler is the
 * first to go.
 */
final class Sweep {

    private static final Duration PERIOD = Duration.ofMillis(250);
    /** How often some of those are ended whose turn has come. */
    private static final Duration STEP = Duration.ofMillis(50);

    private static final int MOST_CLOSED_IN_A_ROW = 16;

    private final Connections<FramedConnection> connections;
    private final Steering steering;
    private final KernelPeers kernelPeers;
    private final TaskScheduler scheduler;
    private final @Nullable DrainPace pace;
    private final Runnable then;
    private @Nullable ScheduledFuture<?> scheduled;

    /**
     * @param then is done behind each walk
     */
    Sweep(
            Connections<FramedConnection> connections,
            Steering steering,
            KernelPeers kernelPeers,
            TcpTransport.Surroundings surroundings,
            Runnable then) {
        this.connections = connections;
        this.steering = steering;
        this.kernelPeers = kernelPeers;
        this.scheduler = surroundings.scheduler();
        this.pace = surroundings.pace();
        this.then = then;
    }

    void begin() {
        scheduled = scheduler.scheduleWithFixedDelay(this::walk, PERIOD);
    }

    void end() {
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    /**
     * Ends connections at the pace of the process, if it has one, and serves those whose turn is not yet. The last one
     * is ended when three quarters of the time have passed, though that be faster than the pace. Where the listener is
     * paused, nothing is done: they would have to be served again for it.
     *
     * @param within when all of them are closed
     */
    void thinOut(Duration within) throws InterruptedException {
        if (pace == null || steering.gate().isClosed()) {
            return;
        }
        long begun = System.nanoTime();
        long until = begun + within.toNanos();
        long forAll = Math.max(1, within.toNanos() - within.toNanos() / 4);
        Queue<FramedConnection> left = new ArrayDeque<>(connections.all());
        int all = left.size();
        for (int step = 1; !left.isEmpty(); step++) {
            long now = System.nanoTime();
            // How many have to be left by now for the last one to be ended in time.
            int most = (int) Math.ceil(all * Math.max(0, 1 - (double) (now - begun) / forAll));
            for (int turns = Math.max(left.size() - most, pace.take(left.size())); turns > 0; turns--) {
                left.remove().lifetime().end(Reason.Closed.STOPPED, Duration.ofNanos(Math.max(0, until - now)));
            }
            if (connections.awaitEmpty(STEP)) {
                return;
            }
            if (step % (PERIOD.toNanos() / STEP.toNanos()) == 0) {
                walk();
            }
        }
    }

    /**
     * Has connections drain until none is left, or the time has come.
     *
     * @param until in {@code System.nanoTime()}
     */
    void drain(long until) throws InterruptedException {
        long remaining = until - System.nanoTime();
        while (remaining > 0 && !connections.awaitEmpty(Duration.ofNanos(Math.min(remaining, PERIOD.toNanos())))) {
            connections.all().forEach(connection -> connection.lifetime().drain());
            walk();
            remaining = until - System.nanoTime();
        }
    }

    private void walk() {
        long now = System.nanoTime();
        int closed = 0;
        boolean asks = steering.settings().polls() != null && !steering.gate().isClosed() && !steering.isDraining();
        for (FramedConnection connection : connections.all()) {
            if (asks && connection.lifetime().isServed()) {
                connection.poll(now);
            }
            // Those that are closed together do not all end in front of others that are served.
            if (connection.lifetime().enforceDeadlines(kernelPeers, now) && ++closed % MOST_CLOSED_IN_A_ROW == 0) {
                Thread.yield();
            }
        }
        then.run();
    }
}
