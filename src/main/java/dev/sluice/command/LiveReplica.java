package dev.sluice.command;

import java.time.Instant;

/**
 * A process that serves the same devices.
 *
 * @param id of this life of it
 * @param since when it started, by its own clock
 * @param devices how many are connected to it
 * @param lastHeard by the clock of the log
 */
public record LiveReplica(long id, String name, Instant since, int devices, Instant lastHeard) {

    LiveReplica with(int count) {
        return new LiveReplica(id, name, since, count, lastHeard);
    }
}
