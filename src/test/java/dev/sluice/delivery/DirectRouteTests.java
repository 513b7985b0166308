package dev.sluice.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.delivery.Route.Refusal.Kind;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.SampleMessage;
import dev.sluice.sink.Sink;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DirectRouteTests {

    /** Confirms nothing, ever. */
    private static final class SilentSink implements Sink {

        private final CountDownLatch asked = new CountDownLatch(1);

        @Override
        public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
            asked.countDown();
            new CountDownLatch(1).await();
            return Confirmation.none(messages.size(), Failure.passing("never"));
        }

        @Override
        public void close() {}
    }

    @Test
    void anInterruptEndsTheWaitForASinkWhichIsNotToBlame() throws InterruptedException {
        ScriptedSink before = new ScriptedSink(ScriptedSink.TAKES_ALL);
        SilentSink silent = new SilentSink();
        ScriptedSink behind = new ScriptedSink(ScriptedSink.TAKES_ALL);
        Map<String, Sink> sinks = new LinkedHashMap<>();
        sinks.put("before", before);
        sinks.put("silent", silent);
        sinks.put("behind", behind);
        DirectRoute route = new DirectRoute("greeter", sinks);
        AtomicReference<Route.@Nullable Refusal @Nullable []> refusals = new AtomicReference<>();
        Thread thread = Thread.ofVirtual()
                .start(() -> refusals.set(
                        route.accept(List.of(SampleMessage.of("a", 1, "one"), SampleMessage.of("a", 2, "two")))));
        silent.asked.await();
        thread.interrupt();
        thread.join();
        assertThat(refusals.get())
                .hasSize(2)
                .allSatisfy(refusal -> assertThat(refusal)
                        .isNotNull()
                        .extracting(Route.Refusal::kind)
                        .isEqualTo(Kind.INTERRUPTED));
        assertThat(route.ledgers()).noneMatch(SinkLedger::isFailing);
        assertThat(route.ledgers()).allMatch(ledger -> ledger.delivered() == 0);
        assertThat(before.taken()).containsExactly("one", "two");
        assertThat(behind.sentAt()).isEmpty();
    }
}
