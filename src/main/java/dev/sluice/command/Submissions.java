package dev.sluice.command;

import dev.sluice.command.RefusedException.Cause;
import dev.sluice.log.LogException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Commands that somebody submits: each is queued once, however often it comes. Used by the engine's thread. */
final class Submissions {

    private final Journal records;
    /** Those on their way into the log, by id, with those who submit the same meanwhile. */
    private final Map<String, List<Runnable>> landing = new HashMap<>();

    private final Map<Device, Integer> landingOf = new HashMap<>();

    Submissions(Journal records) {
        this.records = records;
    }

    void submit(NewCommand command, CompletableFuture<Submission> future) {
        List<Runnable> same = landing.get(command.id());
        if (same != null) {
            same.add(() -> submit(command, future));
            return;
        }
        Command known = records.index().find(command.id());
        if (known != null) {
            again(command, known, future);
            return;
        }
        Device device = command.device();
        DeviceState state = records.machine().known(device);
        int pending = (state == null ? 0 : state.queue().size()) + landingOf.getOrDefault(device, 0);
        if (pending >= command.maxPending()) {
            fail(
                    future,
                    new RefusedException(
                            Cause.TOO_MANY, device + " has " + pending + " commands pending, and may have no more"));
            return;
        }
        landing.put(command.id(), new ArrayList<>(0));
        landingOf.merge(device, 1, Integer::sum);
        Entry.Submitted entry = new Entry.Submitted(
                device,
                command.id(),
                command.mode(),
                command.mode() == Mode.AT_MOST_ONCE ? 1 : command.attempts(),
                command.ttl().toMillis(),
                command.confirm(),
                command.payload(),
                command.listener());
        records.submit(entry, new Journal.Landing() {

            @Override
            public void landed(Underway where) {
                DeviceState of = records.machine().known(device);
                Command landed = of == null ? null : of.command(command.id());
                over(command);
                if (landed == null) {
                    fail(future, new RefusedException(Cause.UNAVAILABLE, "the command is over, and forgotten"));
                } else if (landed.position() == where.position() && landed.partition() == where.partition()) {
                    DeviceCommands.complete(future, new Submission(CommandIndex.state(landed), false));
                } else {
                    // Another replica was told the same, and was first.
                    again(command, landed, future);
                }
            }

            @Override
            public void failed(RefusedException why) {
                fail(future, why);
                over(command);
            }
        });
    }

    private void over(NewCommand command) {
        landingOf.computeIfPresent(command.device(), (_, count) -> count == 1 ? null : count - 1);
        List<Runnable> same = landing.remove(command.id());
        if (same != null) {
            same.forEach(Runnable::run);
        }
    }

    private void again(NewCommand command, Command known, CompletableFuture<Submission> future) {
        if (!known.device().device().equals(command.device())) {
            fail(
                    future,
                    new RefusedException(Cause.CONFLICT, "the command '" + command.id() + "' is another device's"));
            return;
        }
        CommandState state = CommandIndex.state(known);
        try {
            Supplier<byte @Nullable []> before = records.content(known);
            Thread _ = Thread.ofVirtual().start(() -> compare(command, before, state, future));
        } catch (LogException ex) {
            fail(future, new RefusedException(Cause.UNAVAILABLE, String.valueOf(ex.getMessage())));
        }
    }

    /** Any thread may call it. */
    private static void compare(
            NewCommand command,
            Supplier<byte @Nullable []> known,
            CommandState state,
            CompletableFuture<Submission> future) {
        try {
            byte[] before = known.get();
            if (before == null || !Arrays.equals(before, command.payload())) {
                future.completeExceptionally(new RefusedException(
                        Cause.CONFLICT, "the command '" + command.id() + "' is known with other bytes"));
            } else {
                future.complete(new Submission(state, true));
            }
        } catch (RuntimeException ex) {
            future.completeExceptionally(new RefusedException(
                    Cause.UNAVAILABLE, "the command '" + command.id() + "' is known, and its bytes cannot be read"));
        }
    }

    private static void fail(CompletableFuture<Submission> future, RefusedException why) {
        Thread _ = Thread.ofVirtual().start(() -> future.completeExceptionally(why));
    }
}
