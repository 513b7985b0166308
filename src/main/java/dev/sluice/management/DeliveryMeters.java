package dev.sluice.management;

import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.Route;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.SinkLedger;
import dev.sluice.delivery.SinkLedger.Outcome;
import dev.sluice.delivery.spool.SpoolException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * Shows as meters what waits in spools and how deliveries go. Only the age of what waits is looked up on disk, once a
 * scrape.
 */
final class DeliveryMeters extends RenewedMeters {

    private final Routes routes;

    DeliveryMeters(Routes routes, MeterRegistry registry) {
        super(registry);
        this.routes = routes;
        routes.whenDone(this::renew);
    }

    @Override
    void register() {
        routes.all().forEach(this::register);
        routes.spools().forEach(this::registerSpool);
    }

    private void register(Route route) {
        Tags tags = Tags.of("listener", route.listener());
        for (SinkLedger ledger : route.ledgers()) {
            Tags ofSink = tags.and("sink", ledger.sink());
            for (Outcome outcome : Outcome.values()) {
                timer(
                        "sluice.deliveries",
                        "Attempts to send a message to a sink, by what came of them",
                        ofSink.and("outcome", outcome.text()),
                        ledger.sends(outcome));
            }
            FunctionCounter.builder("sluice.deliveries.unauthorized", ledger, SinkLedger::unauthorized)
                    .description("Attempts to send a message for which a sink refused our credentials or rights")
                    .tags(ofSink)
                    .register(registry);
        }
    }

    private void registerSpool(DurableRoute spool) {
        Tags tags = Tags.of("listener", spool.listener());
        for (SinkLedger ledger : spool.ledgers()) {
            registerWaiting(spool, ledger, tags.and("sink", ledger.sink()));
        }
        for (SinkLedger ledger : spool.leftOvers().ledgers()) {
            Tags ofSink = tags.and("sink", ledger.sink());
            registerWaiting(spool, ledger, ofSink);
            Gauge.builder("sluice.spool.left-over", spool, s -> s.spooled(ledger) + ledger.deadLettered())
                    .description("Messages and dead letters that are left for a sink which its listener does not name"
                            + " any more")
                    .tags(ofSink)
                    .register(registry);
        }
        Gauge.builder("sluice.spool.dead-letters", spool, s -> s.spool().state().deadLetters())
                .description("Messages that a sink will not get unless they are replayed")
                .tags(tags)
                .register(registry);
        Gauge.builder("sluice.spool.bytes", spool, s -> s.spool().state().bytes())
                .description("Bytes of messages that sinks wait for, and of dead letters")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
        Gauge.builder("sluice.spool.limit.bytes", spool, s -> s.spool().state().capacity())
                .description("How many bytes the spool takes")
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
        Gauge.builder("sluice.spool.full", spool, s -> s.spool().state().heldSince() == null ? 0 : 1)
                .description("1 while the spool is full and what comes is held")
                .tags(tags)
                .register(registry);
        Gauge.builder("sluice.spool.writable", spool, s -> s.spool().state().failure() == null ? 1 : 0)
                .description("0 while the spool cannot be written, so that nothing is accepted")
                .tags(tags)
                .register(registry);
    }

    private void registerWaiting(DurableRoute route, SinkLedger ledger, Tags tags) {
        Gauge.builder("sluice.spool.messages", route, r -> r.spooled(ledger))
                .description("Messages that wait for a sink")
                .tags(tags)
                .register(registry);
        Gauge.builder("sluice.spool.held", route, r -> r.heldStreams(ledger.sink()))
                .description("Streams that wait behind a message which the sink refuses while it takes others")
                .tags(tags)
                .register(registry);
        Gauge.builder("sluice.spool.age", route, r -> age(r, ledger.sink()))
                .description("Since when the oldest message waits for a sink")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
    }

    private static double age(DurableRoute route, String sink) {
        try {
            return Age.seconds(
                    route.spool().queries().backlog(sink, route.position(sink)).oldestAt());
        } catch (SpoolException ex) {
            return Double.NaN;
        }
    }
}
