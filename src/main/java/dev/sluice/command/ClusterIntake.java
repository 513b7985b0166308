package dev.sluice.command;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the machine read what the thread that reads brings. All is done on the engine's thread. */
final class ClusterIntake implements ClusterReader.Arrivals {

    private static final Logger log = LoggerFactory.getLogger(ClusterIntake.class);

    private final Courier engine;
    private final Machine machine;
    private final Roster roster;
    private final Contents contents;
    private final Landings landings;
    private final BooleanSupplier able;
    private final Consumer<@Nullable String> failure;
    private long heartbeatAt;

    /**
     * @param able whether commands can be taken just now
     * @param failure is told why nothing can be read, and null once it can
     */
    ClusterIntake(
            Courier engine,
            Machine machine,
            Roster roster,
            Contents contents,
            Landings landings,
            BooleanSupplier able,
            Consumer<@Nullable String> failure) {
        this.engine = engine;
        this.machine = machine;
        this.roster = roster;
        this.contents = contents;
        this.landings = landings;
        this.able = able;
        this.failure = failure;
    }

    /** Returns the milliseconds since this replica has read a heartbeat of its own; 0 if it never has. */
    long sinceHeartbeat() {
        return heartbeatAt == 0 ? 0 : Journal.now() - heartbeatAt;
    }

    @Override
    public boolean opened(long[] begins, long[] ends) {
        return engine.ask(() -> {
            failure.accept(null);
            machine.replica().reading().startAnew(ends);
            for (int i = 0; i < begins.length; i++) {
                machine.reached(i, begins[i] - 1, Journal.now());
            }
        });
    }

    @Override
    public boolean read(ClusterReader.Arrived arrived) {
        return engine.ask(() -> take(arrived));
    }

    @Override
    public boolean isReady() {
        return able.getAsBoolean();
    }

    @Override
    public void failed(String why) {
        engine.tell(() -> failure.accept(why));
    }

    private void take(ClusterReader.Arrived arrived) {
        try {
            long now = Journal.now();
            long[] ends = arrived.ends();
            for (ClusterReader.Found found : arrived.found()) {
                if (found.isBehindGap() && ends != null) {
                    log.info("Records of devices were compacted before they were read: the log is read to its end");
                    machine.gap(found.partition(), found.position() - 1, ends);
                }
                Entry entry = found.entry();
                if (entry == null) {
                    machine.reached(found.partition(), found.position(), now);
                } else {
                    take(found, entry, now);
                }
            }
            for (int i = 0; i < arrived.next().length; i++) {
                if (!machine.replica().reading().hasPassed(i, arrived.next()[i] - 1)) {
                    machine.reached(i, arrived.next()[i] - 1, now);
                }
            }
            landings.land(machine.replica().reading());
        } finally {
            arrived.taken();
        }
    }

    private void take(ClusterReader.Found found, Entry entry, long now) {
        if (entry instanceof Entry.Heartbeat heartbeat) {
            EntryRecords.Named named = found.named();
            if (named != null) {
                roster.heard(heartbeat.replica(), named, found.stamp());
            }
            if (heartbeat.replica() == machine.replica().id()) {
                heartbeatAt = now;
            }
        }
        machine.read(found.partition(), found.position(), found.stamp(), entry, now);
        if (entry instanceof Entry.Submitted submitted) {
            DeviceState state = machine.known(submitted.device());
            Command command = state == null ? null : state.command(submitted.id());
            if (command != null && !command.isOver() && command.position() == found.position()) {
                contents.keep(command, submitted.payload());
            }
        }
    }
}
