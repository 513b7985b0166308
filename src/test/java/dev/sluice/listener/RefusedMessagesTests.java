package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Messages that come in one read, and that no sink takes. */
class RefusedMessagesTests {

    private static RunningSluice sluice;

    @BeforeAll
    static void start() throws IOException {
        sluice = RunningSluice.with("""
            sluice:
              sinks:
                away: { tcp: { host: 127.0.0.1, port: %d } }
              defaults:
                sinks: [away]
                delivery.mode: direct
              listeners:
                closing: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                answering: { tcp: { address: 127.0.0.1, port: 0 }, reply: { type: echo, on-failure: "ERR {payload}" } }
                framed: { tcp: { address: 127.0.0.1, port: 0 }, framing: { type: fixed, size: 2B }, reply: { type: echo, on-failure: "{reason}" } }
            """.formatted(Ports.free()));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static void assertFailed(String listener, int messages, int replied) {
        Traffic traffic = sluice.traffic(listener);
        await().untilAsserted(() -> assertThat(traffic.received.sum()).isEqualTo(messages));
        assertThat(traffic.failed.sum()).isEqualTo(messages);
        assertThat(traffic.accepted.sum()).isZero();
        assertThat(traffic.replied.sum()).isEqualTo(replied);
    }

    @Test
    void withoutAnAnswerTheConnectionEndsAndAllOfThemCountAsFailed() throws IOException {
        assertThat(sluice.converse("closing", "a\nb\nc\n")).isEmpty();

        assertFailed("closing", 3, 0);
    }

    @Test
    void eachHasItsOwnAnswerInOrder() throws IOException {
        assertThat(sluice.converse("answering", "a\nb\nc\n")).isEqualTo("ERR a\nERR b\nERR c\n");

        assertFailed("answering", 3, 3);
    }

    @Test
    void anAnswerThatTheFramingCannotCarryEndsTheConnectionAndAllOfThemCountAsFailed() throws IOException {
        assertThat(sluice.converse("framed", "aabbcc")).isEmpty();

        assertFailed("framed", 3, 0);
    }
}
