package dev.sluice.command;

import dev.sluice.command.RefusedException.Cause;
import dev.sluice.log.KafkaLog;
import dev.sluice.log.Keyed;
import dev.sluice.log.LogException;
import dev.sluice.log.WrongTopicsException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine of one replica among others: what it wants appended goes to Kafka, and counts once it has come back from
 * there, in the order that all see. A thread of its own reads; all else is the engine's.
 */
final class ClusterLog implements Journal {

    private static final Logger log = LoggerFactory.getLogger(ClusterLog.class);

    private static final int MOST_FORGOTTEN = 64 * 1024;
    private static final int MOST_AT_START = 4;
    private static final long LAG_MILLIS = 500;

    private final KafkaLog kafka;
    private final Cluster cluster;
    private final CommandLimits limits;
    private final EntryRecords records;
    private final CommandIndex index = new CommandIndex();
    private final Contents contents = new Contents();
    /** Outcomes are read from their topic, by whoever wants them. */
    private final Outboxes outboxes = new Outboxes(_ -> {
        throw new IllegalStateException("nobody takes outcomes");
    });

    private final Courier engine;
    private final Partitions partitions;
    private final Machine machine;
    private final Roster roster;
    private final ClusterReader reader;
    private final ClusterActions actions;
    private final ClusterIntake intake;
    private final Landings landings = new Landings();
    private volatile boolean able;
    private volatile @Nullable String failure = "Kafka was not reached yet";

    /**
     * Opens the topics, if Kafka can be reached just now; else that is tried again later.
     *
     * @param life unlike that of any process that has written to the log
     * @param others take what the machine asks for besides
     * @throws WrongTopicsException if the topics cannot be used
     */
    ClusterLog(Cluster cluster, long life, CommandLimits limits, CommandRules rules, Actions others, Courier engine)
            throws WrongTopicsException {
        this.cluster = cluster;
        this.limits = limits;
        this.engine = engine;
        this.partitions = new Partitions(cluster.partitions());
        long started = System.currentTimeMillis();
        this.records = new EntryRecords(cluster.replica(), started, new CommandRecords(rules));
        Set<Rule> all = EnumSet.allOf(Rule.class);
        long[] unknown = new long[partitions.count()];
        Arrays.fill(unknown, Long.MAX_VALUE);
        Replicas replicas = new Replicas(life, false, cluster.timing(), all, Journal.now());
        Replica replica = new Replica(life, all, cluster.timing(), partitions, new Reading(unknown), replicas);
        this.roster = new Roster(replicas);
        roster.heard(life, new EntryRecords.Named(cluster.replica(), started), started);
        this.actions =
                new ClusterActions(index, contents, () -> replica.reading().isReady(), others);
        this.machine = new Machine(replica, actions, rules::maxPending);
        ClusterTopics topics = new ClusterTopics(cluster);
        this.kafka = new KafkaLog(
                cluster.clients(),
                "sluice-" + cluster.replica(),
                topics.all(),
                cluster.copies(),
                cluster.createTopics());
        this.intake = new ClusterIntake(engine, machine, roster, contents, landings, () -> able, why -> failure = why);
        this.reader = new ClusterReader(kafka, topics, partitions, records, intake);
        this.reader.openFirst();
    }

    @Override
    public void start() {
        reader.start();
    }

    @Override
    public Machine machine() {
        return machine;
    }

    @Override
    public CommandIndex index() {
        return index;
    }

    @Override
    public Outboxes outboxes() {
        return outboxes;
    }

    @Override
    public long time() {
        return machine.replica().replicas().time() + intake.sinceHeartbeat();
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public @Nullable String failure() {
        return failure;
    }

    @Override
    public boolean isAble() {
        return able;
    }

    @Override
    public String name(long replica) {
        return replica == machine.replica().id() ? cluster.replica() : roster.name(replica);
    }

    @Override
    public Collection<LiveReplica> replicas() {
        Map<Long, Integer> devices = new HashMap<>();
        for (DeviceState state : machine.states()) {
            if (state.isConnected()) {
                devices.merge(state.replica(), 1, Integer::sum);
            }
        }
        return roster.living().stream()
                .map(each -> each.with(devices.getOrDefault(each.id(), 0)))
                .toList();
    }

    @Override
    public void hangUp(DeviceState state) {
        actions.append(
                new Underway(new Entry.Hangup(state.device(), state.epoch()), partitions.replicas(), Journal.now()));
    }

    @Override
    public Supplier<byte @Nullable []> content(Command command) {
        byte[] kept = command.content();
        int partition = command.partition();
        long position = command.position();
        return () -> kept == null ? readAgain(partition, position) : kept;
    }

    /** Any thread may call it. */
    private byte @Nullable [] readAgain(int partition, long position) {
        try {
            ConsumerRecord<byte[], byte[]> found = kafka.fetch(partition, position);
            return found != null && records.decode(found, true) instanceof Entry.Submitted submitted
                    ? submitted.payload()
                    : null;
        } catch (LogException ex) {
            throw new IllegalStateException(ex.getMessage(), ex);
        }
    }

    @Override
    public void submit(Entry.Submitted command, Landing to) {
        String obstacle = obstacle();
        if (obstacle != null) {
            to.failed(new RefusedException(Cause.UNAVAILABLE, obstacle));
            return;
        }
        append(new Underway(command, partitions.commands(command.device()), Journal.now()), to);
    }

    private @Nullable String obstacle() {
        if (!machine.isReady()) {
            return "this replica has not read the log of commands yet. Ask another, or try again in a moment";
        }
        return machine.isDeaf(Journal.now())
                ? "this replica hears nothing of Kafka. Ask another, or try again in a moment"
                : null;
    }

    @Override
    public void commitAll() {
        able = obstacle() == null;
        for (Underway record : actions.takeAppends()) {
            append(record, null);
        }
    }

    private void append(Underway record, @Nullable Landing landing) {
        kafka.append(record.partition(), encoded(record.entry()), new KafkaLog.Told() {

            @Override
            public void appended(long position) {
                engine.tell(() -> {
                    failure = null;
                    record.at(position);
                    if (landing != null) {
                        landings.add(record, landing);
                        landings.land(machine.replica().reading());
                    }
                });
            }

            @Override
            public void failed(String why, boolean never) {
                engine.tell(() -> {
                    if (failure == null) {
                        log.error("Commands wait: {}. It is tried again", why);
                    }
                    failure = why;
                    if (never) {
                        record.lost();
                    }
                    if (landing != null) {
                        landing.failed(new RefusedException(
                                Cause.UNAVAILABLE, why + (never ? "" : ". It may have been taken all the same")));
                    }
                });
            }
        });
    }

    private Keyed encoded(Entry entry) {
        DeviceState state = entry instanceof Entry.Over over ? machine.known(over.device()) : null;
        return records.encode(entry, state == null ? null : state.command(((Entry.Over) entry).id()));
    }

    @Override
    public long lagMillis() {
        return LAG_MILLIS;
    }

    @Override
    public long tickMillis() {
        return cluster.heartbeatMillis();
    }

    @Override
    public void tick() {
        machine.tick(Journal.now());
        forgetOld();
        roster.clean();
        if (machine.isDeaf(Journal.now())) {
            giveUpLanding("this replica hears nothing of Kafka");
        }
    }

    /** They are in the log, though nobody knows when this replica will read it again. */
    private void giveUpLanding(String why) {
        landings.giveUp(new RefusedException(Cause.UNAVAILABLE, why + ". The command is taken all the same"));
    }

    /** Forgets commands that have been over for long, or are too many; they are counted still. */
    private void forgetOld() {
        long before = machine.replica().replicas().time() - limits.keep().toMillis();
        // At the start others may follow of the same id, which was known when they came.
        int most = machine.isReady() ? limits.maxKept() : MOST_AT_START * limits.maxKept();
        for (int left = Math.min(MOST_FORGOTTEN, index.over().size()); left > 0; left--) {
            Command eldest = index.over().element();
            if ((eldest.endedAt() >= before || !machine.isReady())
                    && index.over().size() <= most) {
                break;
            }
            index.over().remove();
            if (machine.forget(eldest)) {
                index.forget(eldest);
            } else {
                index.over().add(eldest);
            }
        }
        Deque<Command> orphans = actions.orphans();
        while (machine.isReady()
                && !orphans.isEmpty()
                && (orphans.element().endedAt() < before || orphans.size() > limits.maxKept())) {
            Command eldest = orphans.remove();
            if (!eldest.isSubmitted()) {
                boolean _ = machine.forget(eldest);
            }
        }
    }

    @Override
    public void close() {
        commitAll();
        able = false;
        append(new Underway(new Entry.Down(machine.replica().id()), partitions.replicas(), Journal.now()), null);
        reader.close();
        kafka.close();
        giveUpLanding("the service ends");
    }
}
