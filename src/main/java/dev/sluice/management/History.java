package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
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

    /** So many samples of a listener are kept. */
    private static final int MOST = 120;

    private final Listeners listeners;
    private final TaskScheduler scheduler;
    /** The samples of each listener, oldest first, by its name. Guarded by this. */
    private final Map<String, Deque<Sample>> samples = new LinkedHashMap<>();

    private volatile @Nullable ScheduledFuture<?> task;

    History(Listeners listeners, TaskScheduler scheduler) {
        this.listeners = listeners;
        this.scheduler = scheduler;
    }

    /**
     * The counters of a listener at a moment. All are running totals but the last two.
     *
     * @param at in milliseconds since the epoch
     * @param open connections at that moment
     * @param spooled messages that waited at that moment
     */
    private record Sample(
            long at,
            long received,
            long accepted,
            long failed,
            long dropped,
            long bytesIn,
            long bytesOut,
            long open,
            long spooled) {

        static Sample of(Listener listener, long now) {
            Traffic traffic = listener.transport().traffic();
            return new Sample(
                    now,
                    traffic.received.sum(),
                    traffic.accepted.sum(),
                    traffic.failed.sum(),
                    Stream.of(Reason.Dropped.values())
                            .map(traffic::dropped)
                            .mapToLong(LongAdder::sum)
                            .sum(),
                    traffic.bytesReceived.sum(),
                    traffic.bytesSent.sum(),
                    listener.transport().connections().size(),
                    listener.route().stream()
                            .flatMapToLong(route -> route.ledgers().stream().mapToLong(route::spooled))
                            .sum());
        }
    }

    /** Samples as they are shown, oldest first: each array is as long as the others. */
    record Shown(
            long[] at,
            long[] received,
            long[] accepted,
            long[] failed,
            long[] dropped,
            long[] bytesIn,
            long[] bytesOut,
            long[] open,
            long[] spooled) {

        private static Shown of(Collection<Sample> samples) {
            return new Shown(
                    all(samples, Sample::at),
                    all(samples, Sample::received),
                    all(samples, Sample::accepted),
                    all(samples, Sample::failed),
                    all(samples, Sample::dropped),
                    all(samples, Sample::bytesIn),
                    all(samples, Sample::bytesOut),
                    all(samples, Sample::open),
                    all(samples, Sample::spooled));
        }

        private static long[] all(Collection<Sample> samples, ToLongFunction<Sample> counter) {
            return samples.stream().mapToLong(counter).toArray();
        }
    }

    /** Reads all counters once. */
    synchronized void sample() {
        long now = System.currentTimeMillis();
        Map<String, Deque<Sample>> kept = new LinkedHashMap<>();
        for (Listener listener : listeners.all()) {
            Deque<Sample> of = samples.getOrDefault(listener.name(), new ArrayDeque<>());
            of.addLast(Sample.of(listener, now));
            if (of.size() > MOST) {
                of.removeFirst();
            }
            kept.put(listener.name(), of);
        }
        samples.clear();
        samples.putAll(kept);
    }

    /** Returns the samples of all listeners, or of one. */
    synchronized Map<String, Shown> shown(@Nullable String listener) {
        Map<String, Shown> shown = new LinkedHashMap<>();
        samples.forEach((name, of) -> {
            if (listener == null || listener.equals(name)) {
                shown.put(name, Shown.of(of));
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
