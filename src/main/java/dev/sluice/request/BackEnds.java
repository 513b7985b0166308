package dev.sluice.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.check.CheckException;
import dev.sluice.handler.Handler;
import dev.sluice.handler.ReplyProperties;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.request.RequestTally.Outcome;
import dev.sluice.sink.kafka.EventRecord;
import dev.sluice.sink.kafka.RecordTopic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * Asks back-ends over Kafka, in the way of Spring's {@code ReplyingKafkaTemplate}, whose back-ends need not know of us.
 * That class itself keeps each request, with its payload, and a timer for all of the time-out even where the answer
 * comes at once, and has no bound; so what is under way is kept here.
 *
 * <p>Nothing is connected to before the first handler is asked for.
 */
public final class BackEnds {

    private static final Logger log = LoggerFactory.getLogger(BackEnds.class);

    private final RepliesProperties properties;
    private final String replica;
    private final BeanFactory beans;
    private final RequestsUnderWay underWay;
    /** There is one for each time-out. These are few, since an operator writes them. */
    private final Map<Duration, RequestSender> senders = new ConcurrentHashMap<>();
    /** By listener. They stay when the listener changes. */
    private final Map<String, RequestTally> tallies = new ConcurrentSkipListMap<>();

    private volatile @Nullable ReplyReader reader;
    private boolean started;

    /**
     * @param replica the name of this process among those that share the topic of answers
     * @param beans where clients that Spring Boot configures are found
     */
    public BackEnds(RepliesProperties properties, String replica, BeanFactory beans) {
        this.properties = properties;
        this.replica = replica;
        this.beans = beans;
        this.underWay = new RequestsUnderWay(properties.maxInFlight());
    }

    /**
     * Returns what has the messages of a listener answered by a back-end.
     *
     * @throws IllegalArgumentException if the topic is no template, or Kafka is not configured
     */
    public Handler handler(String listener, ReplyProperties reply) {
        Duration timeout = reply.timeout();
        RequestTally tally = tallies.computeIfAbsent(listener, _ -> new RequestTally());
        RequestSender sender = senders.computeIfAbsent(
                timeout, _ -> new RequestSender(underWay, timeout, configured(ProducerFactory.class)));
        Handler handler = new RequestHandler(Objects.requireNonNull(reply.topic()), timeout, tally, sender);
        openLate();
        return handler;
    }

    /**
     * From now on answers are read once a listener wants one.
     *
     * @param needed whether one does already
     * @throws CheckException if the topic of answers is not what it has to be
     */
    public synchronized void start(boolean needed) {
        started = true;
        if (needed) {
            open();
        }
    }

    /** The first listener that wants one has come by a reload. */
    private synchronized void openLate() {
        if (started && reader == null) {
            try {
                open();
            } catch (CheckException ex) {
                log.error("{}", ex.getMessage());
            }
        }
    }

    private void open() {
        ReplyReader opened = new ReplyReader(
                new ReplyTopic(properties, configured(KafkaAdmin.class).getConfigurationProperties()),
                consumers(configured(ConsumerFactory.class)),
                replica,
                underWay);
        reader = opened;
        opened.start();
    }

    private <T> T configured(Class<T> client) {
        try {
            return beans.getBean(client);
        } catch (NoSuchBeanDefinitionException _) {
            throw new IllegalArgumentException(
                    "the program started without anything that needs Kafka; restart it to have the first");
        }
    }

    private static ConsumerFactory<byte[], byte[]> consumers(ConsumerFactory<?, ?> configured) {
        Map<String, Object> settings = new HashMap<>(configured.getConfigurationProperties());
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        settings.merge(ConsumerConfig.CLIENT_ID_CONFIG, "sluice-replies", (id, _) -> id + "-replies");
        return new DefaultKafkaConsumerFactory<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Asks a back-end, and lets the messages behind be handled meanwhile. */
    private final class RequestHandler implements Handler {

        private final RecordTopic topic;
        private final Duration timeout;
        private final RequestTally tally;
        private final RequestSender sender;

        RequestHandler(String topic, Duration timeout, RequestTally tally, RequestSender sender) {
            this.topic = new RecordTopic(topic);
            this.timeout = timeout;
            this.tally = tally;
            this.sender = sender;
        }

        @Override
        public byte @Nullable [] handle(ReceivedMessage message) {
            String name;
            try {
                name = topic.of(message);
            } catch (InvalidTopicException | UnknownFieldException ex) {
                throw new RequestFailedException("there is no topic for it", ex);
            }
            message.peer().owe(message, ask(message, name));
            return null;
        }

        /** Sends a request, and returns its answer to be. */
        private Request ask(ReceivedMessage message, String name) {
            ReplyReader reading = reader;
            TopicPartition answers = reading == null ? null : reading.partition();
            if (answers == null) {
                tally.of(Outcome.UNSENT).add(0);
                throw new RequestFailedException("back-ends cannot be asked now");
            }
            byte[] key = message.origin().connection().getBytes(UTF_8);
            Request request = underWay.begin(tally, timeout);
            ProducerRecord<byte[], byte[]> sent = EventRecord.of(name, key, message);
            Headers headers = sent.headers();
            headers.add(KafkaHeaders.CORRELATION_ID, underWay.correlationId(request));
            headers.add(KafkaHeaders.REPLY_TOPIC, answers.topic().getBytes(UTF_8));
            headers.add(
                    KafkaHeaders.REPLY_PARTITION,
                    ByteBuffer.allocate(Integer.BYTES)
                            .putInt(answers.partition())
                            .array());
            sender.send(request, sent);
            return request;
        }

        /** It may: until the topic is known, or until its turn comes. */
        @Override
        public boolean mayWait() {
            return true;
        }
    }

    /** Returns what became of requests, by listener. */
    public Map<String, RequestTally> tallies() {
        return Map.copyOf(tallies);
    }

    /** Returns how many requests wait for an answer. */
    public int openRequests() {
        return underWay.size();
    }

    /** Returns how many may. */
    public int limit() {
        return underWay.limit();
    }

    /** Returns whether answers are read. */
    public boolean isReading() {
        ReplyReader reading = reader;
        return reading != null && reading.partition() != null;
    }

    /** Counts answers that nobody waited for. */
    public LongAdder strays(Stray stray) {
        return underWay.stray(stray);
    }

    /** Nothing is asked any more. */
    public synchronized void close() {
        started = false;
        ReplyReader reading = reader;
        if (reading != null) {
            reading.close();
            reader = null;
        }
        senders.values().forEach(RequestSender::close);
    }
}
