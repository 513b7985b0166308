package dev.sluice.device;

import dev.sluice.check.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * That this process is one of several that serve the same devices, which share what they know over Kafka.
 *
 * @param kafka the topics; brokers and security are those of {@code spring.kafka}
 * @param replica the name of this one; that of the host if absent
 * @param replicaTimeout how long one may be silent until its devices are free; the same at all
 * @param drainRate how many connections a second are ended when it stops; 0 for all at once
 */
public record ClusterProperties(
        @NestedConfigurationProperty @DefaultValue Kafka kafka,
        @Nullable String replica,
        @DefaultValue("15s") Duration replicaTimeout,
        @DefaultValue("500") int drainRate) {

    private static final Duration SHORTEST = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final int MOST_PARTITIONS = 1_000;
    private static final int MOST_COPIES = 9;
    private static final int LONGEST_NAME = 128;
    private static final String NAMELESS = "replica";
    private static final int FASTEST_DRAIN = 1_000_000;

    /**
     * The topics of commands, devices, outcomes and replicas.
     *
     * @param prefix of their names
     * @param partitions of each of the first three, which never changes
     * @param replication how many copies there are of each record, at least
     * @param createTopics whether those that are missing are made
     */
    public record Kafka(
            @DefaultValue("sluice.") String prefix,
            @DefaultValue("24") int partitions,
            @DefaultValue("3") int replication,
            @DefaultValue("true") boolean createTopics) {

        private void check(Check check) {
            check.that(prefix.matches("[A-Za-z0-9._-]{0,200}"), "prefix", "must be letters, digits, '.', '_' and '-'");
            check.that(
                    partitions >= 1 && partitions <= MOST_PARTITIONS,
                    "partitions",
                    "must be from 1 to " + MOST_PARTITIONS);
            check.that(
                    replication >= 1 && replication <= MOST_COPIES, "replication", "must be from 1 to " + MOST_COPIES);
        }
    }

    /** Returns the name of this one; "replica" if the host has none either. */
    public String name() {
        String host = System.getenv("HOSTNAME");
        if (replica != null) {
            return replica;
        }
        return host == null || host.isBlank() ? NAMELESS : host;
    }

    /** Says what is wrong with it. */
    public void check(Check check) {
        kafka.check(check.at("kafka"));
        check.that(
                replica == null
                        || !replica.isBlank()
                                && replica.length() <= LONGEST_NAME
                                && replica.codePoints().noneMatch(Character::isISOControl),
                "replica",
                "must be up to " + LONGEST_NAME + " visible characters");
        check.that(
                replicaTimeout.compareTo(SHORTEST) >= 0 && replicaTimeout.compareTo(LONGEST) <= 0,
                "replica-timeout",
                "must be from 3s to 5m");
        check.that(
                drainRate >= 0 && drainRate <= FASTEST_DRAIN,
                "drain-rate",
                "must be from 1 to " + FASTEST_DRAIN + ", or 0 to end all connections at once");
    }
}
