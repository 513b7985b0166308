package dev.sluice.management;

import dev.sluice.listener.ConfigurationReloaded;
import dev.sluice.measure.Durations;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;

/**
 * Meters of what a configuration declares. They are registered when the program has started, and anew when the
 * configuration is another: those of a listener or a sink that is gone go with it. What they count is kept elsewhere,
 * so that counts go on.
 */
abstract class RenewedMeters implements ApplicationListener<ApplicationEvent> {

    final MeterRegistry registry;

    private final List<Meter> registered = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();

    RenewedMeters(MeterRegistry registry) {
        this.registry = registry;
        registry.config().onMeterAdded(this::added);
    }

    /** Registers those of now. */
    abstract void register();

    final void counter(String name, String description, Tags tags, LongAdder adder) {
        FunctionCounter.builder(name, adder, LongAdder::sum)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    final void timer(String name, String description, Tags tags, Durations durations) {
        FunctionTimer.builder(name, durations, Durations::count, RenewedMeters::nanos, TimeUnit.NANOSECONDS)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private static double nanos(Durations durations) {
        return durations.total(TimeUnit.NANOSECONDS);
    }

    private void added(Meter meter) {
        if (lock.isHeldByCurrentThread()) {
            registered.add(meter);
        }
    }

    @Override
    public final void onApplicationEvent(ApplicationEvent event) {
        if (event instanceof ApplicationStartedEvent || event instanceof ConfigurationReloaded) {
            renew();
        }
    }

    /** Registers those of now in the place of those of before. */
    final void renew() {
        lock.lock();
        try {
            registered.forEach(registry::remove);
            registered.clear();
            register();
        } finally {
            lock.unlock();
        }
    }
}
