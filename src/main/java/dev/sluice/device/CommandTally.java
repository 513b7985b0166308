package dev.sluice.device;

import dev.sluice.command.CommandState;
import dev.sluice.command.CommandWatch;
import dev.sluice.command.Device;
import dev.sluice.command.Outcome;
import dev.sluice.measure.Durations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what becomes of commands, by the realm of their devices, and remembers the last ones. Told by the engine's
 * thread; read by any.
 */
public final class CommandTally implements CommandWatch {

    /** So many that are over are remembered. */
    private static final int MOST = 50;

    private final Map<String, OfRealm> realms = new ConcurrentHashMap<>();
    private final Deque<CommandState> ended = new ArrayDeque<>();

    /** What became of the commands of a realm since the start. */
    public static final class OfRealm {

        private final LongAdder submitted = new LongAdder();
        private final LongAdder late = new LongAdder();
        private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
        private final Durations written = new Durations();

        private OfRealm() {
            for (Outcome outcome : Outcome.values()) {
                outcomes.put(outcome, new LongAdder());
            }
        }

        public long submitted() {
            return submitted.sum();
        }

        /** Answers that no command waited for. */
        public long late() {
            return late.sum();
        }

        public long ended(Outcome outcome) {
            LongAdder adder = outcomes.get(outcome);
            return adder == null ? 0 : adder.sum();
        }

        private void end(Outcome outcome) {
            LongAdder adder = outcomes.get(outcome);
            if (adder != null) {
                adder.increment();
            }
        }

        /** From submission until the bytes of an attempt were the kernel's. */
        public Durations written() {
            return written;
        }
    }

    /** Returns what is counted for a realm. */
    public OfRealm of(String realm) {
        return realms.computeIfAbsent(realm, _ -> new OfRealm());
    }

    /** Returns those that were over last, the latest first. */
    public List<CommandState> ended() {
        synchronized (ended) {
            return List.copyOf(ended);
        }
    }

    @Override
    public void submitted(CommandState command) {
        of(command.device().realm()).submitted.increment();
    }

    @Override
    public void written(Device device, String command, int attempt, Duration sinceSubmission) {
        of(device.realm()).written.add(sinceSubmission.toNanos());
    }

    @Override
    public void ended(CommandState command) {
        Outcome outcome = command.outcome();
        if (outcome != null) {
            of(command.device().realm()).end(outcome);
            synchronized (ended) {
                ended.addFirst(command);
                if (ended.size() > MOST) {
                    ended.removeLast();
                }
            }
        }
    }

    @Override
    public void unexpected(Device device) {
        of(device.realm()).late.increment();
    }
}
