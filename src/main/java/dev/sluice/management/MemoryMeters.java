package dev.sluice.management;

import dev.sluice.memory.MemoryBudget;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Shows how much memory connections hold, and how much they may. */
final class MemoryMeters implements MeterBinder {

    private final MemoryBudget memory;

    MemoryMeters(MemoryBudget memory) {
        this.memory = memory;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("sluice.memory.used", memory, MemoryBudget::used)
                .description("Held by all connections: unfinished, gathered, or waiting to be written")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("sluice.memory.limit", memory, MemoryBudget::limit)
                .description("What all connections may hold")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
    }
}
