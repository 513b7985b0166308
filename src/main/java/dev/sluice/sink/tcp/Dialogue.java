package dev.sluice.sink.tcp;

import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.FrameDecoder;
import dev.sluice.transport.framing.Framing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** How a TCP server is spoken to: where messages end, and what it answers to each that it has taken. */
final class Dialogue {

    /**
     * At most so many bytes of answers are asked for at a time; a server that waits for us to read them would not read.
     */
    private static final int MOST_ANSWER_BYTES = 16 * 1024;

    private final Framing framing;
    private final Framing answerFraming;
    private final int maxAnswer;
    private final byte @Nullable [] expected;
    private final int mostUnanswered;

    Dialogue(TcpSinkProperties properties) {
        Framing declared = properties.framing().toFraming();
        this.framing = strict(declared);
        this.maxAnswer = (int) properties.framing().maxSize().toBytes();
        String expect = properties.expect();
        this.expected = expect == null ? null : expect.getBytes(StandardCharsets.UTF_8);
        this.mostUnanswered = mostUnanswered(declared);
        // Without boundaries an answer is as long as it ought to be.
        this.answerFraming =
                declared instanceof Framing.Raw && expected != null ? new Framing.Fixed(expected.length) : declared;
    }

    /**
     * A reply may bring line breaks of its own, or be an empty line that is passed over; a message would arrive as two
     * then, or as none, and the answers be one off.
     */
    private static Framing strict(Framing framing) {
        return switch (framing) {
            case Framing.Line _ -> new Framing.Delimited(new byte[] {'\n'});
            case Framing.Crlf _ -> new Framing.Delimited(new byte[] {'\r', '\n'});
            case Framing.OctetCounted _ -> new Framing.OctetCounted(false);
            default -> framing;
        };
    }

    private int mostUnanswered(Framing declared) {
        if (declared instanceof Framing.UntilClose) {
            return 1;
        }
        if (expected == null) {
            return Integer.MAX_VALUE;
        }
        FrameBuffer answer = new FrameBuffer();
        framing.encode(expected, answer);
        return Math.max(1, MOST_ANSWER_BYTES / answer.size());
    }

    /**
     * @throws IllegalArgumentException if no server could give the answer that is expected
     */
    static void checkAnswer(String expect, Framing declared, DataSize maxSize) {
        byte[] expected = expect.getBytes(StandardCharsets.UTF_8);
        FrameBuffer answer = new FrameBuffer();
        try {
            strict(declared).encode(expected, answer);
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("is no frame of this sink's framing: " + ex.getMessage(), ex);
        }
        if (answer.size() == 0 || expected.length > maxSize.toBytes()) {
            throw new IllegalArgumentException("must be longer than nothing, and not longer than framing.max-size");
        }
    }

    /**
     * @throws IllegalArgumentException if the framing cannot carry this payload
     */
    void encode(byte[] payload, FrameBuffer frames) {
        framing.encode(payload, frames);
    }

    FrameDecoder newAnswerDecoder() {
        return answerFraming.newDecoder(maxAnswer);
    }

    /** Whether the server answers to each message. */
    boolean answers() {
        return expected != null;
    }

    /** Whether a message is all that a connection carries. */
    boolean ends() {
        return framing instanceof Framing.UntilClose;
    }

    /** Whether the server lets us know, so that what comes to nothing later does not count for what came before. */
    boolean confirms() {
        return answers() || ends();
    }

    /** Messages that may wait for their answers at a time. */
    int mostUnanswered() {
        return mostUnanswered;
    }

    /** Why an answer does not confirm its message; null if it does. */
    @Nullable
    String refusal(byte[] answer) {
        return Arrays.equals(answer, expected) || expected == null
                ? null
                : "answered " + Excerpt.of(answer) + " instead of " + Excerpt.of(expected);
    }

    /** Whether nobody knows where the next answer begins after one that was not expected. */
    boolean losesStep() {
        return framing instanceof Framing.Raw;
    }
}
