package dev.sluice.management;

import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.spool.SpoolState;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * An entry for each listener with a spool: DOWN while that cannot be written, OUT_OF_SERVICE while it is full and holds what
 * comes, since nothing is accepted then.
 */
final class SpoolsHealth implements CompositeHealthContributor {

    private final Routes routes;

    SpoolsHealth(Routes routes) {
        this.routes = routes;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return routes.find(name)
                .filter(DurableRoute.class::isInstance)
                .map(route -> indicator((DurableRoute) route))
                .orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return routes.all().stream()
                .filter(DurableRoute.class::isInstance)
                .map(route -> new HealthContributors.Entry(route.listener(), indicator((DurableRoute) route)));
    }

    private static HealthIndicator indicator(DurableRoute route) {
        return () -> {
            SpoolState state = route.spool().state();
            return status(state)
                    .withDetail("bytes", state.bytes())
                    .withDetail("capacity", state.capacity())
                    .build();
        };
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
