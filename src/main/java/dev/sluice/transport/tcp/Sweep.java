package dev.sluice.transport.tcp;

import dev.sluice.transport.Connections;
import dev.sluice.transport.Steering;
import java.time.Duration;
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
    private static final int MOST_CLOSED_IN_A_ROW = 16;

    private final Connections<FramedConnection> connections;
    private final Steering steering;
    private final KernelPeers kernelPeers;
    private final TaskScheduler scheduler;
    private final Runnable then;
    private @Nullable ScheduledFuture<?> scheduled;

    /**
     * @param then is done behind each walk
     */
    Sweep(
            Connections<FramedConnection> connections,
            Steering steering,
            KernelPeers kernelPeers,
            TaskScheduler scheduler,
            Runnable then) {
        this.connections = connections;
        this.steering = steering;
        this.kernelPeers = kernelPeers;
        this.scheduler = scheduler;
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
