package dev.sluice.management;

import dev.sluice.delivery.Route;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.SinkLedger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * An entry for each sink that a listener names: DOWN while the last send of any of its listeners failed. Nothing that
 * readiness asks for, since a listener with a spool accepts messages all the same.
 */
final class SinksHealth implements CompositeHealthContributor {

    private final Routes routes;

    SinksHealth(Routes routes) {
        this.routes = routes;
    }

    /**
     * @param unauthorized whether the sink refuses our credentials or rights, which an operator has to mend
     * @param at when
     */
    record Failure(String listener, String reason, boolean unauthorized, Instant at) {

        static Optional<Failure> of(Route route, SinkLedger ledger) {
            String reason = ledger.lastError();
            return ledger.isFailing() && reason != null
                    ? Optional.of(new Failure(
                            route.listener(),
                            reason,
                            ledger.refusesCredentials(),
                            Instant.ofEpochMilli(ledger.lastErrorAt())))
                    : Optional.empty();
        }
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        List<Failure> failures = failures().get(name);
        return failures == null ? null : indicator(failures);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return failures().entrySet().stream()
                .map(sink -> new HealthContributors.Entry(sink.getKey(), indicator(sink.getValue())));
    }

    private Map<String, List<Failure>> failures() {
        Map<String, List<Failure>> failures = new TreeMap<>();
        for (Route route : routes.all()) {
            for (SinkLedger ledger : route.ledgers()) {
                List<Failure> ofSink = failures.computeIfAbsent(ledger.sink(), _ -> new ArrayList<>());
                Failure.of(route, ledger).ifPresent(ofSink::add);
            }
        }
        return failures;
    }

    private static HealthIndicator indicator(List<Failure> failures) {
        return () -> failures.isEmpty()
                ? Health.up().build()
                : Health.down().withDetail("failures", failures).build();
    }
}
