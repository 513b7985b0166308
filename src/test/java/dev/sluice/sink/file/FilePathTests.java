package dev.sluice.sink.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.sink.LineMessage;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilePathTests {

    @ParameterizedTest
    @CsvSource({
        "{listener}/{date}.log, greeter/2026-03-04.log",
        "{connection}-{remote-address}-{remote-port}, c-7-192.0.2.9-50123",
        "{sequence}-{id}, 5-c-7-5",
        "{received-at}, 2026-03-04T23:59:58.765Z",
        "../.{listener}/{reason}, ../.greeter/_",
    })
    void thePathIsTheTemplatesWithValues(String template, String path) {
        assertThat(new FilePath(template, 0).of(LineMessage.of(5, new byte[0]))).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "'', _",
        "., _",
        ".., __",
        "..., ___",
        ".hidden, _hidden",
        "a..b, a..b",
        "../x, ___x",
        "a/b\\c, a_b_c",
        "'a\nb\u0085c\u2028d\u202ee', a_b_c_d_e",
    })
    void aValueIsMadeHarmless(String value, String name) {
        assertThat(path(value)).isEqualTo("dir/" + name);
    }

    @Test
    void aNameIsCutAt255BytesAndNotWithinACharacter() {
        assertThat(path("a".repeat(300))).isEqualTo("dir/" + "a".repeat(255));
        assertThat(new FilePath("d/{payload}.log", 0).of(LineMessage.of("a".repeat(253))))
                .isEqualTo("d/" + "a".repeat(253) + ".l");
        assertThat(new FilePath("{payload}/{payload}", 0).of(LineMessage.of("b".repeat(70_000))))
                .isEqualTo("b".repeat(255) + "/" + "b".repeat(255));
        assertThat(path("é".repeat(200)).getBytes(UTF_8)).hasSizeBetween("dir/".length() + 200, "dir/".length() + 254);
    }

    @Test
    void whateverThePayloadItMakesOneNameInItsDirectory() {
        Random random = new Random(7);
        byte[] choice = "./\\\0a\n".getBytes(UTF_8);
        FilePath path = new FilePath("dir/{payload}", 0);
        for (int i = 0; i < 10_000; i++) {
            byte[] payload = new byte[random.nextInt(6)];
            for (int j = 0; j < payload.length; j++) {
                payload[j] = random.nextInt(8) == 0 ? (byte) random.nextInt() : choice[random.nextInt(choice.length)];
            }
            assertThat(path.of(LineMessage.of(1, payload))).matches("dir/[^./\\\\\\x00-\\x1f][^/\\\\\\x00-\\x1f]*");
        }
    }

    @Test
    void isTheSameTextForAllMessagesOfAnOriginAndADay() {
        FilePath path = new FilePath("{connection}-{date}", 0);
        String first = path.of(LineMessage.of("a"));

        assertThat(path.of(LineMessage.of("b"))).isSameAs(first);
        assertThat(path.of(LineMessage.of("b").from("c-8"))).isEqualTo("c-8-2026-03-04");
        assertThat(path.of(LineMessage.of("b").at("2026-03-05T00:00:00Z"))).isEqualTo("c-7-2026-03-05");
    }

    private static String path(String value) {
        return new FilePath("dir/{payload}", 0).of(LineMessage.of(value));
    }
}
