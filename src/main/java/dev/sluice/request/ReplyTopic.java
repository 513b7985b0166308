package dev.sluice.request;

import dev.sluice.check.CheckException;
import dev.sluice.text.Causes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** The topic that back-ends answer to. */
final class ReplyTopic {

    private static final String PATH = "sluice.replies";
    private static final int MILLIS = 3_000;
    private static final long RETENTION_MILLIS = 3_600_000;

    private final RepliesProperties properties;
    private final Map<String, Object> settings;

    /**
     * @param settings of a client
     */
    ReplyTopic(RepliesProperties properties, Map<String, Object> settings) {
        this.properties = properties;
        this.settings = new HashMap<>(settings);
        // By default a client that reaches no broker begins anew with the addresses it was given, without a pause.
        this.settings.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        this.settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, MILLIS);
        this.settings.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, MILLIS);
    }

    String name() {
        return properties.topic();
    }

    /**
     * Makes the topic if it is not there, and returns how many partitions it has.
     *
     * @throws CheckException if it is not there and cannot be made, or may not be looked at
     * @throws ExecutionException if no broker can be asked now
     */
    int require() throws ExecutionException, InterruptedException {
        Admin admin = Admin.create(settings);
        try {
            Optional<Integer> partitions = find(admin);
            if (partitions.isPresent()) {
                return partitions.get();
            }
            if (!properties.createTopic()) {
                throw new CheckException(
                        PATH + ".topic",
                        "topic '" + name() + "' does not exist, and 'create-topic' is false. Make it with at least"
                                + " one partition for each process, and retention.ms=" + RETENTION_MILLIS,
                        null);
            }
            create(admin);
            return properties.partitions();
        } finally {
            // What is still to be asked is of no use; without an end to it this would wait for brokers that are away.
            admin.close(Duration.ZERO);
        }
    }

    private Optional<Integer> find(Admin admin) throws ExecutionException, InterruptedException {
        try {
            @Nullable
            TopicDescription found = admin.describeTopics(
                            List.of(name()), new DescribeTopicsOptions().timeoutMs(MILLIS))
                    .allTopicNames()
                    .get()
                    .get(name());
            return Optional.ofNullable(found).map(topic -> topic.partitions().size());
        } catch (ExecutionException ex) {
            if (ex.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            if (isPassing(ex)) {
                throw ex;
            }
            throw new CheckException(
                    PATH + ".topic",
                    "topic '" + name() + "' cannot be looked at: "
                            + Causes.line(Causes.of(ex).getLast()) + ". Allow this program to describe and to read it",
                    ex);
        }
    }

    private void create(Admin admin) throws ExecutionException, InterruptedException {
        NewTopic made = new NewTopic(name(), properties.partitions(), (short) properties.replication())
                .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(RETENTION_MILLIS)));
        try {
            admin.createTopics(List.of(made), new CreateTopicsOptions().timeoutMs(MILLIS))
                    .all()
                    .get();
        } catch (ExecutionException ex) {
            if (ex.getCause() instanceof TopicExistsException) {
                return;
            }
            if (isPassing(ex)) {
                throw ex;
            }
            throw new CheckException(
                    PATH + ".topic",
                    "topic '" + name() + "' does not exist and cannot be made with " + properties.partitions()
                            + " partitions and replication " + properties.replication() + ": "
                            + Causes.line(Causes.of(ex).getLast()) + ". Make it, or allow this program to",
                    ex);
        }
    }

    private static boolean isPassing(ExecutionException ex) {
        return ex.getCause() instanceof RetriableException;
    }
}
