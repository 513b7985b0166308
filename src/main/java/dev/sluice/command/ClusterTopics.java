package dev.sluice.command;

import dev.sluice.log.KafkaTopic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/** The topics of a cluster, in the order of {@link Partitions}, and what they have to be like. */
final class ClusterTopics {

    private static final String COMMANDS = "commands";
    private static final String OUTCOMES = "outcomes";
    /** Beyond what commands may wait, so that none is dropped that has no outcome. */
    private static final Duration SPARE = Duration.ofHours(1);

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final int HEARTBEATS_OF_LAG = 24;
    private static final String MEBIBYTE = "1048576";
    private static final String LARGEST_RECORD = "2097152";

    private final Cluster cluster;

    ClusterTopics(Cluster cluster) {
        this.cluster = cluster;
    }

    List<KafkaTopic> all() {
        Duration commands = cluster.maxTtl().plus(DAY);
        Duration outcomes = commands.plus(DAY).compareTo(WEEK) > 0 ? commands.plus(DAY) : WEEK;
        long lag = HEARTBEATS_OF_LAG * cluster.heartbeatMillis();
        return List.of(
                topic(
                        "devices",
                        cluster.partitions(),
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        Map.of(
                                TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                                Long.toString(Math.max(lag, 600_000)),
                                TopicConfig.SEGMENT_BYTES_CONFIG,
                                "16777216",
                                TopicConfig.SEGMENT_MS_CONFIG,
                                "3600000"),
                        Map.of(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, lag)),
                topic(
                        COMMANDS,
                        cluster.partitions(),
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        Map.of(
                                TopicConfig.RETENTION_MS_CONFIG,
                                Long.toString(commands.toMillis()),
                                TopicConfig.SEGMENT_MS_CONFIG,
                                "3600000",
                                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                                LARGEST_RECORD),
                        Map.of(
                                TopicConfig.RETENTION_MS_CONFIG,
                                cluster.maxTtl().plus(SPARE).toMillis())),
                topic(
                        OUTCOMES,
                        cluster.partitions(),
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        Map.of(
                                TopicConfig.RETENTION_MS_CONFIG,
                                Long.toString(outcomes.toMillis()),
                                TopicConfig.SEGMENT_MS_CONFIG,
                                "86400000"),
                        Map.of(
                                TopicConfig.RETENTION_MS_CONFIG,
                                commands.plus(SPARE).toMillis())),
                topic(
                        "replicas",
                        1,
                        "compact,delete",
                        Map.of(
                                TopicConfig.RETENTION_MS_CONFIG,
                                Long.toString(DAY.toMillis()),
                                TopicConfig.SEGMENT_BYTES_CONFIG,
                                MEBIBYTE,
                                TopicConfig.SEGMENT_MS_CONFIG,
                                "3600000"),
                        Map.of(TopicConfig.RETENTION_MS_CONFIG, lag)));
    }

    private KafkaTopic topic(
            String name, int partitions, String policy, Map<String, String> settings, Map<String, Long> least) {
        Map<String, String> required = new TreeMap<>();
        required.put(TopicConfig.CLEANUP_POLICY_CONFIG, policy);
        required.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        Map<String, String> made = new TreeMap<>(settings);
        made.putAll(required);
        return new KafkaTopic(cluster.prefix() + name, partitions, made, required, least);
    }

    /**
     * What became of commands that are not kept any more is not read.
     *
     * @param now milliseconds since 1970; a day off does no harm
     */
    Map<String, Long> since(long now) {
        return Map.of(
                cluster.prefix() + OUTCOMES,
                now - cluster.maxTtl().plus(DAY).plus(DAY).toMillis());
    }
}
