package dev.sluice.management;

import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.SinkLedger;
import dev.sluice.delivery.spool.SpoolState;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * An entry for each spool: DOWN while it cannot be written, OUT_OF_SERVICE while it is full and holds what comes, since
 * nothing is accepted then. What is left in it for sinks that are named no more is told, and leaves it UP.
 */
final class SpoolsHealth implements CompositeHealthContributor {

    private final Routes routes;

    SpoolsHealth(Routes routes) {
        this.routes = routes;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return routes.findSpool(name).map(SpoolsHealth::indicator).orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return routes.spools().stream().map(spool -> new HealthContributors.Entry(spool.listener(), indicator(spool)));
    }

    /**
     * What is left for a sink that is named no more.
     *
     * @param messages that wait
     * @param delivering whether they are being delivered
     */
    record LeftOver(long messages, long deadLetters, boolean delivering) {}

    private static HealthIndicator indicator(DurableRoute spool) {
        return () -> {
            SpoolState state = spool.spool().state();
            Health.Builder health = status(state);
            Map<String, LeftOver> left = leftOvers(spool);
            if (!left.isEmpty()) {
                health.withDetail("leftOver", left);
            }
            return health.withDetail("bytes", state.bytes())
                    .withDetail("capacity", state.capacity())
                    .build();
        };
    }

    private static Map<String, LeftOver> leftOvers(DurableRoute spool) {
        Map<String, LeftOver> left = new TreeMap<>();
        for (SinkLedger ledger : spool.leftOvers().ledgers()) {
            left.put(
                    ledger.sink(),
                    new LeftOver(
                            spool.spooled(ledger),
                            ledger.deadLettered(),
                            spool.leftOvers().isDelivered(ledger.sink())));
        }
        return left;
    }

    private static Health.Builder status(SpoolState state) {
        String failure = state.failure();
        Instant heldSince = state.heldSince();
        if (failure != null) {
            return Health.down().withDetail("failure", failure);
        }
        return heldSince == null
                ? Health.up()
                : Health.outOfService().withDetail("full", state.cause()).withDetail("heldSince", heldSince);
    }
}
