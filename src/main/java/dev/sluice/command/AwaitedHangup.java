package dev.sluice.command;

import dev.sluice.command.Alarms.Alarm;
import dev.sluice.command.RefusedException.Cause;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Somebody who waits until another replica has closed a connection. Used by the engine's thread. */
final class AwaitedHangup {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 50;

    private final DeviceState state;
    private final long epoch;
    private final Courier courier;
    private final CompletableFuture<Boolean> future;
    private final long until = Journal.now() + PATIENCE.toMillis();

    AwaitedHangup(DeviceState state, Courier courier, CompletableFuture<Boolean> future) {
        this.state = state;
        this.epoch = state.epoch();
        this.courier = courier;
        this.future = future;
    }

    /** Looks now and again. */
    void look() {
        if (!state.isConnected() || state.epoch() != epoch) {
            DeviceCommands.complete(future, true);
        } else if (Journal.now() >= until) {
            RefusedException late = new RefusedException(
                    Cause.UNAVAILABLE,
                    "replica '" + courier.records().name(state.replica()) + "' has not closed it within "
                            + PATIENCE.toSeconds() + " s");
            Thread _ = Thread.ofVirtual().start(() -> future.completeExceptionally(late));
        } else {
            Alarm _ = courier.alarms().set(Journal.now() + LOOK_MILLIS, this::look);
        }
    }
}
