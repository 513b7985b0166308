package dev.sluice.command;

import dev.sluice.command.EntryRecords.Named;
import dev.sluice.log.CutLogException;
import dev.sluice.log.KafkaLog;
import dev.sluice.log.KafkaLog.Batch;
import dev.sluice.log.LogException;
import dev.sluice.log.WrongTopicsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics of a cluster on a thread of its own, and brings what it finds to the engine, of which it is a few
 * batches ahead at the most. While Kafka is away it tries again.
 */
final class ClusterReader {

    private static final Logger log = LoggerFactory.getLogger(ClusterReader.class);

    private static final int AHEAD = 4;
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONG_PAUSE = Duration.ofSeconds(10);
    private static final int MOST_WARNINGS = 20;

    /** Takes what is read. Each returns false once nobody does any more. */
    interface Arrivals {

        /** All topics are there. */
        boolean opened(long[] begins, long[] ends);

        boolean read(Arrived arrived);

        /** Whether the ends of the start have been reached. */
        boolean isReady();

        void failed(String why);
    }

    /**
     * A record.
     *
     * @param entry null if it is none of ours
     * @param named what a heartbeat says besides
     * @param isBehindGap whether records before it are missing that were there
     */
    record Found(
            int partition,
            long position,
            long stamp,
            @Nullable Entry entry,
            @Nullable Named named,
            boolean isBehindGap) {}

    /**
     * What was read at once.
     *
     * @param next by partition, what is read next
     * @param ends of the partitions, if there is a gap in it
     */
    record Arrived(List<Found> found, long[] next, long @Nullable [] ends, Semaphore ahead) {

        void taken() {
            ahead.release();
        }
    }

    private final KafkaLog kafka;
    private final ClusterTopics topics;
    private final Partitions partitions;
    private final EntryRecords records;
    private final Arrivals arrivals;
    private final Semaphore ahead = new Semaphore(AHEAD);
    private final Thread thread =
            Thread.ofPlatform().name("commands-log").daemon().unstarted(this::run);
    private volatile boolean closing;
    private long @Nullable [] begins;
    private long[] next = {};
    private int warnings;
    private boolean told;

    ClusterReader(
            KafkaLog kafka, ClusterTopics topics, Partitions partitions, EntryRecords records, Arrivals arrivals) {
        this.kafka = kafka;
        this.topics = topics;
        this.partitions = partitions;
        this.records = records;
        this.arrivals = arrivals;
    }

    /**
     * Tries once.
     *
     * @throws WrongTopicsException if there is no use in trying again
     */
    void openFirst() throws WrongTopicsException {
        try {
            begins = kafka.open(topics.since(System.currentTimeMillis()));
        } catch (LogException ex) {
            tell(ex);
        }
    }

    private void tell(LogException problem) {
        String why = String.valueOf(problem.getMessage());
        arrivals.failed(why);
        if (!told) {
            told = true;
            log.error("Commands wait: {}. It is tried again", why);
        }
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closing) {
            try {
                if (begins == null) {
                    begins = kafka.open(topics.since(System.currentTimeMillis()));
                }
                readAll(begins);
                return;
            } catch (WrongTopicsException ex) {
                log.error(
                        "Commands wait, since the topics cannot be used:{}{}", System.lineSeparator(), ex.getMessage());
                arrivals.failed(String.valueOf(ex.getMessage()));
                pause(LONG_PAUSE);
            } catch (CutLogException ex) {
                // What is known here is not what others know. They find this replica dead, and take over.
                String why = "the log was cut or made anew, so that this replica knows nothing any more: "
                        + ex.getMessage() + ". Restart it";
                log.error("No more commands: {}", why);
                arrivals.failed(why);
                return;
            } catch (LogException ex) {
                tell(ex);
                pause(PAUSE);
            } catch (RuntimeException ex) {
                // What it had in hand is lost to this replica, and nothing may be left out.
                log.error("No more commands: the log cannot be read on after a failure. Restart this replica", ex);
                arrivals.failed("the log cannot be read on after a failure: " + ex + ". Restart this replica");
                return;
            }
        }
    }

    private void readAll(long[] from) throws LogException, CutLogException {
        next = from.clone();
        if (!arrivals.opened(from, kafka.ends())) {
            return;
        }
        if (told) {
            log.info("Kafka is there");
            told = false;
        }
        while (!closing) {
            try {
                if (!readOn()) {
                    return;
                }
            } catch (LogException ex) {
                tell(ex);
                pause(PAUSE);
            }
        }
    }

    /** Returns false if nobody takes it. */
    private boolean readOn() throws LogException, CutLogException {
        Batch batch = kafka.read(WAIT);
        if (batch.next().length == 0) {
            return true;
        }
        List<Found> found = new ArrayList<>(batch.records().count());
        boolean gap = false;
        for (ConsumerRecord<byte[], byte[]> each : batch.records()) {
            Found one = found(each);
            gap |= one.isBehindGap();
            found.add(one);
        }
        boolean advanced = false;
        for (int i = 0; i < next.length; i++) {
            advanced |= next[i] != batch.next()[i];
        }
        // A copy: what is brought belongs to the engine, while this thread counts on.
        next = batch.next().clone();
        if (found.isEmpty() && !advanced && arrivals.isReady()) {
            return true;
        }
        long[] ends = gap && arrivals.isReady() ? kafka.ends() : null;
        ahead.acquireUninterruptibly();
        return arrivals.read(new Arrived(found, batch.next(), ends, ahead));
    }

    private Found found(ConsumerRecord<byte[], byte[]> each) {
        int partition = kafka.number(each);
        boolean gap = partition < partitions.each() && each.offset() > next[partition];
        next[partition] = each.offset() + 1;
        Entry entry = entry(each, partition);
        Named named = entry instanceof Entry.Heartbeat ? EntryRecords.named(each) : null;
        return new Found(partition, each.offset(), each.timestamp(), entry, named, gap);
    }

    private @Nullable Entry entry(ConsumerRecord<byte[], byte[]> each, int partition) {
        boolean command = partition >= partitions.each() && partition < 2 * partitions.each();
        try {
            Entry entry = records.decode(each, command);
            return entry == null || partitions.isFor(entry, partition) ? entry : null;
        } catch (IllegalArgumentException ex) {
            if (warnings++ < MOST_WARNINGS) {
                log.warn(
                        "{}-{} at {} is left out: it was written by a newer version, or by somebody else",
                        each.topic(),
                        each.partition(),
                        each.offset());
            }
            return null;
        }
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            closing = true;
        }
    }

    /** Returns once it reads nothing any more. */
    void close() {
        closing = true;
        kafka.wakeUp();
        thread.interrupt();
        ahead.release();
        try {
            boolean _ = thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
