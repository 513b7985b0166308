package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Acceptance;
import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Handling;
import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Reason;
import dev.sluice.transport.SampleSettings;
import dev.sluice.transport.Steering;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.Waits;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FramedAnswersTests {

    private static final PeerHeaders NONE = new PeerHeaders(Map.of());

    private static final Origin ORIGIN = new Origin("greeter", "c-1", "s-1", new InetSocketAddress("127.0.0.1", 9));

    private static final ConnectionTraffic.Drops NOTHING_DROPPED = new ConnectionTraffic.Drops() {

        @Override
        public void dropped(Reason.Dropped reason, @Nullable String problem) {
            throw new AssertionError(reason);
        }

        @Override
        public void rejected(Reason.Dropped reason, @Nullable String problem, int length, byte[] beginning) {
            throw new AssertionError(reason);
        }
    };

    /** Of those that are accepted together. */
    private static final Acceptance REFUSES_THE_FIRST =
            messages -> Confirmation.allBut(Map.of(0, new Refusal("no", Refusal.Kind.UNDELIVERED)));

    @Test
    void repliesForWhichThereIsNoMemoryAreLeftOutWhereverTheyComeFrom() throws IOException {
        MemoryBudget budget = new MemoryBudget(32 * 1024);
        Steering steering = new Steering(
                SampleSettings.of(Map.of(), REFUSES_THE_FIRST, false, (message, reason) -> reason.getBytes(UTF_8)));
        try (Socket socket = new Socket()) {
            FramedAnswers answers = answers(steering, socket, budget);
            answers.take(echoed(answers, 14 * 1024));
            answers.take(echoed(answers, 14 * 1024));
            answers.settle();
            assertThat(answers.repliesEnd()).isEqualTo("no\n".length());

            answers.take(echoed(answers, 10 * 1024));
            int before = answers.repliesEnd();
            answers.take(echoed(answers, 30 * 1024));
            assertThat(answers.repliesEnd()).isEqualTo(before).isGreaterThan(10 * 1024);
        }
    }

    @Test
    void whatAReadBroughtIsAcceptedByTheSettingsOfThatRead() throws IOException {
        List<String> accepted = new ArrayList<>();
        Steering first = new Steering(accepting("first", accepted));
        try (Socket socket = new Socket()) {
            FramedAnswers answers = answers(first, socket, new MemoryBudget(Long.MAX_VALUE));
            TransportSettings second = accepting("second", accepted);
            answers.take(echoed(answers, 1));
            answers.settle();

            answers.begin(second);
            assertThat(answers.handling()).isSameAs(second.handling());
            answers.take(echoed(answers, 1));
            answers.settle();

            assertThat(accepted).containsExactly("first", "second");
            assertThat(first.settings().traffic().accepted.sum()).isEqualTo(1);
            assertThat(second.traffic().accepted.sum()).isEqualTo(1);
        }
    }

    private static TransportSettings accepting(String name, List<String> accepted) {
        Acceptance acceptance = messages -> {
            accepted.add(name);
            return Confirmation.all();
        };
        return SampleSettings.of(Map.of(), acceptance, false, (message, reason) -> null);
    }

    private static FramedAnswers answers(Steering steering, Socket socket, MemoryBudget budget) {
        return new FramedAnswers(
                steering.settings(),
                message -> {
                    message.peer().reply(message.getPayload());
                    return message;
                },
                new Waits(),
                new Framing.Line(),
                new ReplyWriter(socket, steering, new Deadlines(), () -> ORIGIN),
                new ConnectionTraffic(steering, NOTHING_DROPPED, 0),
                budget.aside());
    }

    private static ReceivedMessage echoed(FramedAnswers answers, int bytes) {
        return new ReceivedMessage(new byte[bytes], NONE, new Answered(answers), 1, 0);
    }

    private record Answered(FramedAnswers answers) implements Peer {

        @Override
        public Origin origin() {
            return ORIGIN;
        }

        @Override
        public Handling handling() {
            return answers.handling();
        }

        @Override
        public void reply(byte[] payload) {
            answers.reply(payload);
        }

        @Override
        public void fail() {
            throw new UnsupportedOperationException();
        }

        @Override
        public @Nullable End identified(Origin origin) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void quiet() {
            answers.quiet();
        }
    }
}
