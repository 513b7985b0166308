package dev.sluice.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.delivery.spool.DirectoryLock;
import dev.sluice.delivery.spool.SqliteSpool;
import dev.sluice.sink.Failure;
import dev.sluice.sink.SampleMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** What a destination says beside its refusal. */
final class DestinationsWishTests {

    private static final DeliveryProperties PROPERTIES = new DeliveryProperties(
            Mode.DURABLE, DataSize.ofMegabytes(1), WhenFull.HOLD, 2, Duration.ofMillis(20), Duration.ofMillis(40));

    @TempDir
    private Path directory;

    private DirectoryLock lock;

    @BeforeEach
    void lock() throws IOException {
        lock = DirectoryLock.take(directory);
    }

    @AfterEach
    void unlock() throws IOException {
        lock.close();
    }

    private DurableRoute route(ScriptedSink sink) {
        Map<String, dev.sluice.sink.Sink> sinks = Map.of("sink", sink);
        SqliteSpool spool = SqliteSpool.open(lock, "greeter", sinks.keySet(), 1 << 20);
        return new DurableRoute("greeter", sinks, PROPERTIES, spool, false);
    }

    @Test
    void aSinkIsLeftAloneForAsLongAsItAsks() {
        AtomicInteger refusals = new AtomicInteger();
        ScriptedSink sink = new ScriptedSink(payload ->
                refusals.getAndIncrement() == 0 ? Failure.passing("busy").pausing(Duration.ofMillis(700)) : null);
        try (DurableRoute route = route(sink)) {
            route.accept(SampleMessage.series("a", 1));

            await().until(() -> sink.taken().size() == 1);
            assertThat(sink.sentAt()).hasSize(2);
            assertThat(sink.sentAt().get(1) - sink.sentAt().get(0)).isGreaterThan(690_000_000);
        }
    }

    @Test
    void refusedCredentialsAreCountedUntilTheyAreTaken() {
        AtomicInteger refusals = new AtomicInteger();
        ScriptedSink sink =
                new ScriptedSink(payload -> refusals.getAndIncrement() == 0 ? Failure.unauthorized("401") : null);
        try (DurableRoute route = route(sink)) {
            SinkLedger ledger = route.ledgers().getFirst();
            route.accept(SampleMessage.series("a", 1));

            await().until(() -> ledger.unauthorized() == 1);
            await().until(() -> sink.taken().size() == 1);
            await().until(() -> !ledger.refusesCredentials());
            assertThat(ledger.deadLettered()).isZero();
        }
    }
}
