package dev.sluice.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Sink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A destination that takes what a test wants it to, and keeps it. */
final class ScriptedSink implements Sink {

    static final Function<String, @Nullable Failure> TAKES_ALL = payload -> null;

    private final List<String> taken = new CopyOnWriteArrayList<>();
    private final List<Long> sentAt = new CopyOnWriteArrayList<>();
    private volatile Function<String, @Nullable Failure> script;

    /**
     * @param script why a payload is not taken; null if it is
     */
    ScriptedSink(Function<String, @Nullable Failure> script) {
        this.script = script;
    }

    static ScriptedSink away() {
        return new ScriptedSink(payload -> Failure.passing("away"));
    }

    void from(Function<String, @Nullable Failure> now) {
        script = now;
    }

    /** Payloads, in the order in which they were taken for good. */
    List<String> taken() {
        return taken;
    }

    /** When sends began, in nanoseconds. */
    List<Long> sentAt() {
        return sentAt;
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) {
        sentAt.add(System.nanoTime());
        OrderedConfirmation confirmation = new OrderedConfirmation(messages);
        Function<String, @Nullable Failure> now = script;
        for (int i = 0; i < messages.size(); i++) {
            confirmation.settle(i, now.apply(new String(messages.get(i).getPayload(), UTF_8)));
        }
        Confirmation<Failure> result = confirmation.confirmation();
        for (int i = 0; i < messages.size(); i++) {
            if (result.failure(i) == null) {
                taken.add(new String(messages.get(i).getPayload(), UTF_8));
            }
        }
        return result;
    }

    @Override
    public void close() {}
}
