package dev.sluice.management;

import dev.sluice.command.DeviceCommands;
import dev.sluice.device.CommandDesk;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * OUT_OF_SERVICE while this replica reads, for the first time, what all replicas know. It is UP otherwise, even while
 * Kafka is away: connections and messages go on then, and whoever hands in a command is told.
 */
final class CommandsHealth implements HealthIndicator {

    private final CommandDesk desk;
    private volatile boolean hasRead;

    CommandsHealth(CommandDesk desk) {
        this.desk = desk;
    }

    @Override
    public Health health() {
        DeviceCommands commands = desk.commands().orElse(null);
        if (commands == null) {
            return Health.up().build();
        }
        String failure = commands.failure().orElse(null);
        if (failure != null) {
            return Health.up().withDetail("failure", failure).build();
        }
        hasRead |= commands.isReady();
        return (hasRead ? Health.up() : Health.outOfService()).build();
    }
}
