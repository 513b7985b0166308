package dev.sluice.management;

import dev.sluice.request.BackEnds;
import dev.sluice.request.RequestTally;
import dev.sluice.request.RequestTally.Outcome;
import dev.sluice.request.Stray;
import dev.sluice.text.KebabCase;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** Shows what becomes of requests to back-ends. There is nothing to show as long as no listener makes any. */
final class RequestMeters extends RenewedMeters {

    private final BackEnds backEnds;

    RequestMeters(BackEnds backEnds, MeterRegistry registry) {
        super(registry);
        this.backEnds = backEnds;
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
            timer(
                    "sluice.requests",
                    "Requests to back-ends, by what came of them",
                    tags.and("outcome", KebabCase.of(outcome.name())),
                    tally.of(outcome));
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
            counter(
                    "sluice.requests.strays",
                    "Answers of back-ends that nobody waited for",
                    Tags.of("reason", KebabCase.of(stray.name())),
                    backEnds.strays(stray));
        }
    }
}
