package dev.sluice.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pattern.SampleProtocol.Conversation;
import dev.sluice.pattern.SampleProtocol.Step;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Devices' own frames, from public sources, and what they expect to be answered. */
class ConversationTests {

    static List<Conversation> conversations() {
        // Fields of these are found by paths, which are no patterns.
        return SampleProtocol.conversations().stream()
                .filter(conversation ->
                        !List.of("hl7", "gelf").contains(conversation.protocol().name()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void eachStepAtOnce(Conversation conversation) {
        SampleDevicePort port = new SampleDevicePort(conversation.protocol());
        for (Step step : conversation.steps()) {
            int before = port.fields.size();
            byte[] answer = port.receive(step.sent(), conversation.datagrams());

            assertThat(hex(answer)).isEqualTo(hex(step.expected()));
            Map<String, String> found = port.fields.size() == before ? null : port.fields.getLast();
            if (!step.message()) {
                assertThat(found).isNull();
            } else if (!step.fields().isEmpty()) {
                assertThat(found).containsAllEntriesOf(step.fields());
            }
        }
        assertThat(port.identity == null ? "" : port.identity).isEqualTo(conversation.identity());
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void allStepsTogetherByteByByteAndInAHundredCuts(Conversation conversation) {
        if (conversation.datagrams()) {
            return;
        }
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        conversation.steps().forEach(step -> {
            sent.writeBytes(step.sent());
            expected.writeBytes(step.expected());
        });
        for (int seed = 0; seed < 102; seed++) {
            int longest = seed == 0 ? sent.size() : seed == 1 ? 1 : 40;
            byte[] answers = inPieces(conversation, sent.toByteArray(), longest, new Random(seed));

            assertThat(hex(answers)).as("seed %s", seed).isEqualTo(hex(expected.toByteArray()));
        }
    }

    private static byte[] inPieces(Conversation conversation, byte[] sent, int longest, Random random) {
        SampleDevicePort port = new SampleDevicePort(conversation.protocol());
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        int from = 0;
        while (from < sent.length) {
            int to = longest == sent.length ? longest : Math.min(sent.length, from + 1 + random.nextInt(longest));
            answers.writeBytes(port.receive(Arrays.copyOfRange(sent, from, to), false));
            from = to;
        }
        return answers.toByteArray();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
