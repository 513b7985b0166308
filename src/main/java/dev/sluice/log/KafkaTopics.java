package dev.sluice.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Makes the topics of a log, or says what is wrong with those that are there. */
final class KafkaTopics {

    private static final int SAFE_COPIES = 3;
    private static final long UNLIMITED = -1;

    private final Admin admin;
    private final List<KafkaTopic> topics;
    private final int copies;
    private final List<String> problems = new ArrayList<>();

    /** @param copies of each record that there have to be at least */
    KafkaTopics(Admin admin, List<KafkaTopic> topics, int copies) {
        this.admin = admin;
        this.topics = topics;
        this.copies = copies;
    }

    /**
     * @param create whether those that are missing are made
     * @throws WrongTopicsException saying all that is wrong, with the cures
     * @throws ExecutionException if the brokers cannot be asked
     */
    void require(boolean create) throws WrongTopicsException, ExecutionException, InterruptedException {
        Map<String, TopicDescription> there = describe();
        List<KafkaTopic> missing = topics.stream()
                .filter(topic -> !there.containsKey(topic.name()))
                .toList();
        if (!missing.isEmpty() && create) {
            create(missing);
        } else {
            missing.forEach(topic -> problems.add("topic '" + topic.name() + "' is not there. Set"
                    + " 'sluice.cluster.kafka.create-topics: true', or make it: " + command(topic)));
        }
        check(describe());
        if (!problems.isEmpty()) {
            throw new WrongTopicsException(problems);
        }
    }

    private Map<String, TopicDescription> describe() throws ExecutionException, InterruptedException {
        Map<String, KafkaFuture<TopicDescription>> asked = admin.describeTopics(
                        topics.stream().map(KafkaTopic::name).toList())
                .topicNameValues();
        Map<String, TopicDescription> found = new TreeMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> each : asked.entrySet()) {
            try {
                found.put(each.getKey(), each.getValue().get());
            } catch (ExecutionException ex) {
                if (!(ex.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw ex;
                }
            }
        }
        return found;
    }

    private void create(List<KafkaTopic> missing) throws ExecutionException, InterruptedException {
        List<NewTopic> wanted = missing.stream()
                .map(topic -> new NewTopic(topic.name(), topic.partitions(), (short) copies).configs(settings(topic)))
                .toList();
        for (Map.Entry<String, KafkaFuture<Void>> each :
                admin.createTopics(wanted).values().entrySet()) {
            try {
                each.getValue().get();
            } catch (ExecutionException ex) {
                Throwable cause = ex.getCause();
                if (cause instanceof InvalidReplicationFactorException) {
                    problems.add("topic '" + each.getKey() + "' cannot be made with " + copies
                            + " copies, since there are fewer brokers. Set 'sluice.cluster.kafka.replication' to 1"
                            + " where records may be lost with a disk, as on a laptop");
                } else if (!(cause instanceof TopicExistsException)) {
                    problems.add("topic '" + each.getKey() + "' cannot be made: "
                            + (cause == null ? ex : cause).getMessage());
                }
            }
        }
        if (problems.isEmpty()) {
            awaitServed(wanted);
        }
    }

    /**
     * Waits until all brokers serve what was just made. Before that, the first records of a partition may be refused
     * and the next ones taken, and then the first ones never are.
     */
    private void awaitServed(List<NewTopic> made) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (NewTopic topic : made) {
            for (int i = 0; i < topic.numPartitions(); i++) {
                all.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
            }
        }
        admin.listOffsets(all).all().get();
    }

    private Map<String, String> settings(KafkaTopic topic) {
        Map<String, String> settings = new TreeMap<>(topic.settings());
        settings.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, copies >= SAFE_COPIES ? "2" : "1");
        settings.put(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false");
        return settings;
    }

    private void check(Map<String, TopicDescription> there) throws ExecutionException, InterruptedException {
        Map<ConfigResource, KafkaFuture<Config>> settings = admin.describeConfigs(there.keySet().stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .values();
        for (KafkaTopic topic : topics) {
            TopicDescription found = there.get(topic.name());
            if (found == null) {
                continue;
            }
            check(topic, found);
            KafkaFuture<Config> config = settings.get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()));
            if (config != null) {
                check(topic, config.get());
            }
        }
    }

    private void check(KafkaTopic topic, TopicDescription found) {
        int partitions = found.partitions().size();
        if (partitions != topic.partitions()) {
            problems.add("topic '" + topic.name() + "' has " + partitions + " partitions, not " + topic.partitions()
                    + ". "
                    + (topic.partitions() == 1
                            ? "Delete it, so that it is made anew"
                            : "Set 'sluice.cluster.kafka.partitions' to what all three have, or delete it"));
        }
        int replicas = found.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        if (replicas < copies) {
            problems.add("topic '" + topic.name() + "' has " + replicas + " copies, not " + copies
                    + ". Reassign its partitions, or set 'sluice.cluster.kafka.replication' to " + replicas);
        }
    }

    private void check(KafkaTopic topic, Config config) {
        topic.required().forEach((name, value) -> {
            String said = value(config, name);
            if (!value.equals(said)) {
                problems.add(wrong(topic, name, said, "not " + value, value));
            }
        });
        topic.least().forEach((name, value) -> {
            String said = value(config, name);
            long number = said == null ? UNLIMITED : Long.parseLong(said);
            if (number != UNLIMITED && number < value) {
                problems.add(wrong(topic, name, said, "less than " + value, Long.toString(value)));
            }
        });
        String minimum = value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        if (copies >= SAFE_COPIES && minimum != null && Integer.parseInt(minimum) < 2) {
            problems.add(wrong(topic, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, minimum, "less than 2", "2"));
        }
    }

    private static @Nullable String value(Config config, String name) {
        ConfigEntry entry = config.get(name);
        return entry == null ? null : entry.value();
    }

    private static String wrong(KafkaTopic topic, String name, @Nullable String said, String how, String value) {
        return "topic '" + topic.name() + "' has " + name + "=" + said + ", which is " + how
                + ". Change it: kafka-configs.sh --bootstrap-server … --alter --topic " + topic.name()
                + " --add-config " + name + "=" + value;
    }

    private String command(KafkaTopic topic) {
        String settings = settings(topic).entrySet().stream()
                .map(setting -> " --config " + setting)
                .collect(Collectors.joining());
        return "kafka-topics.sh --bootstrap-server … --create --topic " + topic.name() + " --partitions "
                + topic.partitions() + " --replication-factor " + copies + settings;
    }
}
