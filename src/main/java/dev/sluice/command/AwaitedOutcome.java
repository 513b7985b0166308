package dev.sluice.command;

import dev.sluice.command.Alarms.Alarm;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Somebody who waits until a command is over, or for as long as he likes. Used by the engine's thread. */
final class AwaitedOutcome implements CommandIndex.Waiter {

    private final String id;
    private final Courier courier;
    private final CompletableFuture<Optional<CommandState>> future;
    private @Nullable Alarm alarm;

    AwaitedOutcome(String id, Courier courier, CompletableFuture<Optional<CommandState>> future) {
        this.id = id;
        this.courier = courier;
        this.future = future;
    }

    void await(Duration atMost) {
        alarm = courier.alarms().set(Journal.now() + atMost.toMillis(), this::tooLate);
        courier.records().index().await(id, this);
    }

    @Override
    public void over(CommandState state) {
        if (alarm != null) {
            courier.alarms().cancel(alarm);
        }
        DeviceCommands.complete(future, Optional.of(state));
    }

    private void tooLate() {
        CommandIndex index = courier.records().index();
        index.awaitNoMore(id, this);
        DeviceCommands.complete(future, Optional.ofNullable(index.find(id)).map(CommandIndex::state));
    }
}
