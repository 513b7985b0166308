package dev.sluice.delivery.spool;

import static dev.sluice.delivery.spool.SpoolFolder.origin;
import static dev.sluice.delivery.spool.SpoolFolder.waiting;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.message.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What beans have told about messages, as it lies in the spool with them. */
final class ToldFieldsTests {

    private static final List<String> SINKS = List.of("upstream", "hook");
    private static final Map<String, String> TOLD = new LinkedHashMap<>();

    static {
        TOLD.put("zone", "ü".repeat(30_000));
        TOLD.put("empty", "");
    }

    private static Envelope message(Origin origin, long sequence, String text, Map<String, String> told) {
        return new SpooledMessage(0, 0, origin, sequence, 1_700_000_000_000L, text.getBytes(UTF_8), told, null);
    }

    @Test
    void areReadBackWithTheirMessages() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create()) {
            Origin one = origin("one");
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                spool.append(
                                List.of(
                                        message(one, 1, "plain", Map.of()),
                                        message(one, 2, "told", TOLD),
                                        message(one, 3, "plain again", Map.of())),
                                false)
                        .get();
            }
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                List<Envelope> waiting = waiting(spool, "upstream");
                assertThat(waiting)
                        .extracting(message -> new String(message.getPayload(), UTF_8))
                        .containsExactly("plain", "told", "plain again");
                assertThat(waiting).extracting(Envelope::told).containsExactly(Map.of(), TOLD, Map.of());
                Envelope told = waiting.get(1);
                assertThat(told.told().keySet()).containsExactly("zone", "empty");
                assertThat(told.fields().names()).containsExactly("zone", "empty");
                assertThat(told.fields().text("empty")).isEmpty();
                assertThatThrownBy(() -> told.fields().text("other")).isInstanceOf(UnknownFieldException.class);

                spool.acknowledge("hook", 2, List.of(new DeadLetter("hook", 1, told, 3, "no", 1)), List.of())
                        .get();
            }
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                assertThat(spool.queries().deadLetters("hook", 0, 10))
                        .singleElement()
                        .extracting(letter -> letter.message().told())
                        .isEqualTo(TOLD);
            }
        }
    }

    @Test
    void aTraceLiesBesideThem() {
        Envelope plain = message(origin("one"), 1, "x", Map.of());
        Envelope told = message(origin("one"), 2, "x", Map.of("a", "1"));
        for (Envelope message : List.of(plain, told)) {
            SpooledMessage traced = new SpooledMessage(
                    0, 0, message.origin(), message.sequence(), 1, message.getPayload(), message.told(), "00-ab-cd-01");
            SpooledMessage read = BatchCodec.decode("orders", 0, BatchCodec.encode(traced));
            assertThat(read.traceparent()).isEqualTo("00-ab-cd-01");
            assertThat(read.told()).isEqualTo(message.told());
            assertThat(BatchCodec.decode("orders", 0, BatchCodec.encode(message))
                            .traceparent())
                    .isNull();
        }
    }

    @Test
    void blocksOfOtherTypesArePassedOver() {
        byte[] content = BatchCodec.encode(message(origin("one"), 1, "told", Map.of("a", "1")));
        int block = content.length - "told".length() - 1 - 4 - 2 - 1;
        assertThat(List.of(content[block], content[block + 1], content[block + 2]))
                .as("one block, of fields, and its length")
                .containsExactly((byte) 1, (byte) 2, (byte) 4);
        assertThat(BatchCodec.decode("orders", 0, content).told()).containsExactly(entry("a", "1"));

        content[block + 1] = 77;
        SpooledMessage newer = BatchCodec.decode("orders", 0, content);
        assertThat(newer.told()).isEmpty();
        assertThat(newer.payload()).asString(UTF_8).isEqualTo("told");

        content[block + 1] = 2;
        content[block + 3] = 100;
        assertThatThrownBy(() -> BatchCodec.decode("orders", 0, content)).isInstanceOf(IllegalArgumentException.class);
    }
}
