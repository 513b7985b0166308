package dev.sluice.management;

import dev.sluice.measure.Durations;
import dev.sluice.request.BackEnds;
import dev.sluice.request.RequestTally;
import dev.sluice.request.RequestTally.Outcome;
import dev.sluice.request.Stray;
import dev.sluice.text.KebabCase;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Shows what becomes of requests to back-ends. There is nothing to show as long as no listener makes any. */
final class RequestMeters extends RenewedMeters {

    private final BackEnds backEnds;
    private final MeterRegistry registry;

    RequestMeters(BackEnds backEnds, MeterRegistry registry) {
        super(registry);
        this.backEnds = backEnds;
        this.registry = registry;
    }

    @Override
    void register() {
        backEnds.tallies().forEach((listener, tally) -> register(tally, Tags.of("listener", listener)));
        if (!backEnds.tallies().isEmpty()) {
            registerAll();
        }
    }

    private void register(RequestTally tally, Tags tags) {
        for (Outcome outcome : Outcome.values()) {
            FunctionTimer.builder(
                            "sluice.requests",
                            tally.of(outcome),
                            Durations::count,
                            requests -> requests.total(TimeUnit.NANOSECONDS),
                            TimeUnit.NANOSECONDS)
                    .description("Requests to back-ends, by what came of them")
                    .tags(tags.and("outcome", KebabCase.of(outcome.name())))
                    .register(registry);
        }
    }

    private void registerAll() {
        Gauge.builder("sluice.requests.open", backEnds, BackEnds::openRequests)
                .description("Requests that wait for the answer of a back-end")
                .register(registry);
        Gauge.builder("sluice.requests.limit", backEnds, BackEnds::limit)
                .description("How many requests may wait for an answer")
                .register(registry);
        Gauge.builder("sluice.requests.readable", backEnds, all -> all.isReading() ? 1 : 0)
                .description("0 while answers of back-ends cannot be read, so that all requests fail")
                .register(registry);
        for (Stray stray : Stray.values()) {
            FunctionCounter.builder("sluice.requests.strays", backEnds.strays(stray), LongAdder::sum)
                    .description("Answers of back-ends that nobody waited for")
                    .tag("reason", KebabCase.of(stray.name()))
                    .register(registry);
        }
    }
}
