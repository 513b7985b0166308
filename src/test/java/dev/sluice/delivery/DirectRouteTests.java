package dev.sluice.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.Acceptance.Refusal.Kind;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.RuledMessage;
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
        DirectRoute route = new DirectRoute("greeter", sinks, sinks.keySet(), null);
        AtomicReference<@Nullable Confirmation<Refusal>> confirmation = new AtomicReference<>();
        Thread thread = Thread.ofVirtual()
                .start(() -> confirmation.set(
                        route.accept(List.of(SampleMessage.of("a", 1, "one"), SampleMessage.of("a", 2, "two")))));
        silent.asked.await();
        thread.interrupt();
        thread.join();
        assertThat(confirmation.get()).isNotNull();
        assertThat(confirmation.get().failures().values())
                .hasSize(2)
                .allSatisfy(refusal -> assertThat(refusal.kind()).isEqualTo(Kind.INTERRUPTED));
        assertThat(route.ledgers()).noneMatch(SinkLedger::isFailing);
        assertThat(route.ledgers()).allMatch(ledger -> ledger.delivered() == 0);
        assertThat(before.taken()).containsExactly("one", "two");
        assertThat(behind.sentAt()).isEmpty();
    }

    @Test
    void eachMessageGoesToTheSinksOfItsRuleAndItsPeerHearsOfThoseAlone() {
        ScriptedSink own = new ScriptedSink(ScriptedSink.TAKES_ALL);
        ScriptedSink alarms = new ScriptedSink(payload -> payload.equals("4") ? Failure.poison("bad") : null);
        Map<String, Sink> sinks = new LinkedHashMap<>();
        sinks.put("own", own);
        sinks.put("alarms", alarms);
        DirectRoute route = new DirectRoute("greeter", sinks, List.of("own"), null);
        List<RuledMessage> messages = List.of(
                ruled(1, null),
                ruled(2, List.of("alarms")),
                ruled(3, List.of("alarms", "own")),
                ruled(4, List.of("alarms", "own")),
                ruled(5, List.of("gone")));
        assertThat(route.accept(messages).failures())
                .hasToString("{3=" + new Refusal("refused", Kind.FAILED) + ", 4="
                        + new Refusal("not available", Kind.FAILED) + "}");
        assertThat(own.taken()).containsExactly("1", "3", "4");
        assertThat(alarms.taken()).containsExactly("2", "3");
        assertThat(route.ledgers().stream().map(SinkLedger::delivered)).containsExactly(2L, 2L);
        assertThat(route.accept(List.of(ruled(6, null))).complete()).isTrue();
        assertThat(alarms.taken()).hasSize(2);
    }

    private static RuledMessage ruled(int sequence, @Nullable List<String> sinks) {
        return new RuledMessage(SampleMessage.of("a", sequence, Integer.toString(sequence)), sinks);
    }
}
