package dev.sluice.request;

import dev.sluice.check.Check;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where back-ends answer the requests of listeners with {@code reply.type: kafka}.
 *
 * @param topic that the answers are written to; brokers and security are those of {@code spring.kafka}
 * @param partitions of the topic, if it is made
 * @param replication of the topic, if it is made: how many copies; -1 for what the brokers say
 * @param createTopic whether the topic is made if it is not there
 * @param maxInFlight how many requests may wait for an answer at once; beyond it, peers wait
 */
public record RepliesProperties(
        @DefaultValue("sluice.replies") String topic,
        @DefaultValue("12") int partitions,
        @DefaultValue("-1") int replication,
        @DefaultValue("true") boolean createTopic,
        @DefaultValue("1000") int maxInFlight) {

    private static final String DEFAULT_TOPIC = "sluice.replies";
    private static final int DEFAULT_PARTITIONS = 12;
    private static final int OF_BROKERS = -1;

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    /**
     * The same for one of several replicas: what nobody has said otherwise goes by what holds for all of their topics.
     *
     * @param prefix of names
     * @param create whether topics are made
     */
    public RepliesProperties within(String prefix, int ofTopics, int copies, boolean create) {
        return new RepliesProperties(
                topic.equals(DEFAULT_TOPIC) ? prefix + "replies" : topic,
                partitions == DEFAULT_PARTITIONS ? ofTopics : partitions,
                replication == OF_BROKERS ? copies : replication,
                createTopic && create,
                maxInFlight);
    }

    /** Says what is wrong with it. */
    public void check(Check check) {
        check.that(
                TOPIC.matcher(topic).matches() && !topic.equals(".") && !topic.equals(".."),
                "topic",
                "'" + topic + "' is no name of a topic: up to 249 letters, digits, '.', '_' and '-'");
        check.that(partitions >= 1 && partitions <= 1000, "partitions", "must be from 1 to 1000");
        check.that(
                replication == -1 || replication >= 1 && replication <= 100,
                "replication",
                "must be from 1 to 100, or -1 for what the brokers say");
        check.that(maxInFlight >= 1 && maxInFlight <= 1_000_000, "max-in-flight", "must be from 1 to 1000000");
    }
}
