package dev.sluice.command;

import dev.sluice.log.LogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings flights to their sockets, each on a virtual thread, and hears what became of them. The engine's thread's. */
final class Departures {

    private static final Logger log = LoggerFactory.getLogger(Departures.class);

    private final Journal records;
    private final Machine machine;
    private final Alarms alarms;
    private final CommandWatch watch;
    private final Consumer<Runnable> engine;
    private final List<Flying> waiting = new ArrayList<>();

    /** @param engine does something on the engine's thread */
    Departures(Journal records, Alarms alarms, CommandWatch watch, Consumer<Runnable> engine) {
        this.records = records;
        this.machine = records.machine();
        this.alarms = alarms;
        this.watch = watch;
        this.engine = engine;
    }

    void add(Flying flying) {
        waiting.add(flying);
    }

    /** Sends all that still may go. Returns whether there were any. */
    boolean goAll() {
        List<Flying> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(this::go);
        return !all.isEmpty();
    }

    private void go(Flying flying) {
        DeviceSocket socket = flying.binding().link().socket();
        Supplier<byte @Nullable []> content = machine.mayWrite(flying) ? content(flying) : null;
        if (content == null || socket == null) {
            machine.unwritten(flying);
            return;
        }
        Takeoff takeoff = new Takeoff();
        flying.takeoff(takeoff);
        Device device = flying.binding().device().device();
        Entry.Sent sent = flying.sent();
        long number = flying.binding().link().number(sent);
        Thread _ = Thread.ofVirtual().name("command").start(() -> {
            byte[] bytes = bytes(content, sent);
            Flight flight = bytes == null ? null : new Flight(device, sent.command(), number, sent.attempt(), bytes);
            boolean written = flight != null && takeoff.begin() && write(socket, flight);
            engine.accept(() -> flown(flying, written));
        });
    }

    private static boolean write(DeviceSocket socket, Flight flight) {
        try {
            return socket.write(flight);
        } catch (RuntimeException ex) {
            log.warn("A command for {} was not written", flight.device(), ex);
            return false;
        }
    }

    private @Nullable Supplier<byte @Nullable []> content(Flying flying) {
        Entry.Sent sent = flying.sent();
        Command command = flying.binding().device().command(sent.command());
        if (command == null) {
            log.error("The command '{}' is not known, though it is to be sent", sent.command());
            return null;
        }
        try {
            return records.content(command);
        } catch (LogException | IllegalArgumentException ex) {
            log.error("The command '{}' cannot be read", sent.command(), ex);
            return null;
        }
    }

    private static byte @Nullable [] bytes(Supplier<byte @Nullable []> content, Entry.Sent sent) {
        try {
            byte[] bytes = content.get();
            if (bytes == null) {
                log.error("The command '{}' is not in the log, though it is not over", sent.command());
            }
            return bytes;
        } catch (RuntimeException ex) {
            log.error("The command '{}' cannot be read", sent.command(), ex);
            return null;
        }
    }

    private void flown(Flying flying, boolean written) {
        if (written) {
            written(flying);
        } else {
            machine.unwritten(flying);
        }
    }

    private void written(Flying flying) {
        if (flying.isWritten()) {
            return;
        }
        boolean awaited = machine.written(flying);
        DeviceState state = flying.binding().device();
        Command command = state.command(flying.sent().command());
        if (command != null) {
            Duration taken = Duration.ofMillis(records.time() - command.stamp());
            watch.written(state.device(), command.id(), flying.sent().attempt(), taken);
        }
        Takeoff takeoff = flying.takeoff();
        if (awaited && takeoff != null) {
            long timeout = flying.binding().link().terms().timeout().toMillis();
            takeoff.timeout(alarms.set(Journal.now() + timeout, () -> machine.timedOut(flying)));
        }
    }

    /** An answer may be heard of before the write that it answers has returned. */
    void answered(Link link, @Nullable Device device, long number, boolean rejected) {
        for (Binding binding : List.copyOf(link.flights())) {
            Flying flying = binding.flying();
            Takeoff takeoff = flying == null ? null : flying.takeoff();
            if (flying != null && takeoff != null && takeoff.hasBegun()) {
                written(flying);
            }
        }
        Flying answered = machine.answered(link, device, number, rejected);
        if (answered == null) {
            Device of = device == null ? link.anyDevice() : device;
            if (of != null) {
                watch.unexpected(of);
            }
            return;
        }
        Takeoff takeoff = answered.takeoff();
        if (takeoff != null && takeoff.timeout() != null) {
            alarms.cancel(takeoff.timeout());
        }
    }
}
