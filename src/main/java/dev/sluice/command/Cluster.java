package dev.sluice.command;

import dev.sluice.log.KafkaClients;
import java.time.Duration;

/**
 * The replicas that this process is one of, and the topics that they share.
 *
 * @param replica the name of this one
 * @param timeout how long a replica may be silent until it is dead; the same at all
 * @param partitions of each topic but that of replicas
 * @param copies of each record
 * @param createTopics whether those that are missing are made
 * @param maxTtl how long a command may wait at the most
 */
public record Cluster(
        KafkaClients clients,
        String prefix,
        String replica,
        Duration timeout,
        int partitions,
        int copies,
        boolean createTopics,
        Duration maxTtl) {

    private static final int LOST_HEARTBEATS = 7;

    /** How long it is from one heartbeat to the next. */
    long heartbeatMillis() {
        return Math.max(1, timeout.toMillis() * 2 / (2 * LOST_HEARTBEATS + 1));
    }

    Timing timing() {
        return new Timing(LOST_HEARTBEATS, timeout.toMillis() / 2, Math.max(1_000, timeout.toMillis() / 3));
    }
}
