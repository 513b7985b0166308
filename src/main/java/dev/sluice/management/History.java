package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.TaskScheduler;

/**
 * The counters of all listeners in the last ten minutes, so that whoever begins to watch sees where they come from. One
 * task reads them every five seconds; whoever counts does not notice.
 */
final class History implements SmartLifecycle {

    static final Duration EVERY = Duration.ofSeconds(5);

    private final Listeners listeners;
    private final TaskScheduler scheduler;
    /** The samples of each listener, by its name. Guarded by this. */
    private final Map<String, Samples> samples = new LinkedHashMap<>();

    private volatile @Nullable ScheduledFuture<?> task;

    History(Listeners listeners, TaskScheduler scheduler) {
        this.listeners = listeners;
        this.scheduler = scheduler;
    }

    /** Reads all counters once. */
    synchronized void sample() {
        long now = System.currentTimeMillis();
        Map<String, Samples> kept = new LinkedHashMap<>();
        for (Listener listener : listeners.all()) {
            Samples of = samples.getOrDefault(listener.name(), new Samples());
            of.add(now, counters(listener));
            kept.put(listener.name(), of);
        }
        samples.clear();
        samples.putAll(kept);
    }

    /** Returns the counters in the order of {@link Samples.Counter}. */
    private static long[] counters(Listener listener) {
        Traffic traffic = listener.transport().traffic();
        return new long[] {
            traffic.received.sum(),
            traffic.accepted.sum(),
            traffic.failed.sum(),
            Stream.of(Reason.Dropped.values())
                    .mapToLong(reason -> traffic.dropped(reason).sum())
                    .sum(),
            traffic.bytesReceived.sum(),
            traffic.bytesSent.sum(),
            listener.transport().connections().size(),
            listener.route().stream()
                    .flatMapToLong(route -> route.ledgers().stream().mapToLong(route::spooled))
                    .sum()
        };
    }

    /** Returns the samples of all listeners, or of one. */
    synchronized Map<String, Samples.Shown> shown(@Nullable String listener) {
        Map<String, Samples.Shown> shown = new LinkedHashMap<>();
        samples.forEach((name, of) -> {
            if (listener == null || listener.equals(name)) {
                shown.put(name, of.shown());
            }
        });
        return shown;
    }

    @Override
    public void start() {
        task = scheduler.scheduleAtFixedRate(this::sample, EVERY);
    }

    @Override
    public void stop() {
        ScheduledFuture<?> running = task;
        if (running != null) {
            running.cancel(false);
            task = null;
        }
    }

    @Override
    public boolean isRunning() {
        return task != null;
    }
}
