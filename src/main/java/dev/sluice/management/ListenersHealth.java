package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.ListenerState;
import dev.sluice.listener.Listeners;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * An entry for each listener: DOWN if it FAILED. One that an operator has stopped or paused is as it should be, and so
 * is one whose devices are away.
 */
final class ListenersHealth implements CompositeHealthContributor {

    private final Listeners listeners;

    ListenersHealth(Listeners listeners) {
        this.listeners = listeners;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return listeners.find(name).map(ListenersHealth::indicator).orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return listeners.all().stream()
                .map(listener -> new HealthContributors.Entry(listener.name(), indicator(listener)));
    }

    private static HealthIndicator indicator(Listener listener) {
        return () -> {
            Health.Builder health = listener.state() == ListenerState.FAILED ? Health.down() : Health.up();
            health.withDetail("state", listener.state());
            listener.transport().devices().ifPresent(devices -> {
                int up = devices.up();
                health.withDetail("devices", Map.of("up", up, "away", devices.declared() - up));
            });
            listener.failure().ifPresent(failure -> health.withDetail("failure", failure));
            return health.build();
        };
    }
}
