package dev.sluice.management;

import dev.sluice.delivery.Route;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.SinkLedger;
import dev.sluice.delivery.SinkLedger.Outcome;
import dev.sluice.listener.Listeners;
import dev.sluice.measure.Durations;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;

/**
 * How long replies and deliveries take, as histograms for Prometheus. They are no meters of Micrometer, which makes a
 * histogram only of durations that it records one by one, with more work for each than a read may cost; and their names
 * differ from those of the timers, since Prometheus takes one kind of metric by a name.
 */
final class Histograms implements ApplicationListener<ApplicationStartedEvent> {

    private static final double[] BOUNDS = Durations.bounds();

    private final Listeners listeners;
    private final Routes routes;
    private final ObjectProvider<PrometheusRegistry> registries;

    /**
     * @param registries has none if there is no export to Prometheus
     */
    Histograms(Listeners listeners, Routes routes, ObjectProvider<PrometheusRegistry> registries) {
        this.listeners = listeners;
        this.routes = routes;
        this.registries = registries;
    }

    @Override
    public void onApplicationEvent(ApplicationStartedEvent event) {
        registries.ifAvailable(registry -> {
            registry.register(this::replies);
            registry.register(this::deliveries);
        });
    }

    private HistogramSnapshot replies() {
        HistogramSnapshot.Builder replies = HistogramSnapshot.builder()
                .name("sluice_replies_histogram_seconds")
                .help("From a read to the replies to its frames written");
        listeners
                .all()
                .forEach(listener -> replies.dataPoint(
                        of(listener.transport().traffic().replies(), Labels.of("listener", listener.name()))));
        return replies.build();
    }

    private HistogramSnapshot deliveries() {
        HistogramSnapshot.Builder deliveries = HistogramSnapshot.builder()
                .name("sluice_deliveries_histogram_seconds")
                .help("How long a sink took to confirm a message");
        for (Route route : routes.all()) {
            for (SinkLedger ledger : route.ledgers()) {
                deliveries.dataPoint(of(
                        ledger.sends(Outcome.CONFIRMED),
                        Labels.of("listener", route.listener(), "sink", ledger.sink())));
            }
        }
        return deliveries.build();
    }

    private static HistogramDataPointSnapshot of(Durations durations, Labels labels) {
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, durations.counts()))
                .sum(durations.total(TimeUnit.SECONDS))
                .build();
    }
}
