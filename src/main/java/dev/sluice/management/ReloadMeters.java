package dev.sluice.management;

import dev.sluice.listener.Reload;
import dev.sluice.listener.Reload.Status;
import dev.sluice.text.KebabCase;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Shows as meters how reloads went. */
final class ReloadMeters {

    private static final double MILLIS = 1000;

    ReloadMeters(Reload reload, MeterRegistry registry) {
        Gauge.builder(
                        "sluice.config.last.reload.successful",
                        reload,
                        r -> r.history().lastSucceeded() ? 1 : 0)
                .description("1 if what the last reload asked for runs, or none was asked for; else 0")
                .register(registry);
        Gauge.builder(
                        "sluice.config.last.reload.timestamp",
                        reload,
                        r -> r.history().applied().at().toEpochMilli() / MILLIS)
                .description("When what runs was applied, by a start or a reload")
                .baseUnit("seconds")
                .register(registry);
        for (Status status : Status.values()) {
            if (status != Status.PLANNED && status != Status.UNEXPECTED) {
                FunctionCounter.builder(
                                "sluice.reloads", reload, r -> r.history().count(status))
                        .description("Reloads, by outcome")
                        .tag("outcome", KebabCase.of(status.name()))
                        .register(registry);
            }
        }
    }
}
