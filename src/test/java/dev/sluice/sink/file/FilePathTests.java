package dev.sluice.sink.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.sink.DeviceMessage;
import dev.sluice.sink.LineMessage;
import java.util.List;
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
        assertThat(path(template).of(LineMessage.of(5, new byte[0]))).isEqualTo(path);
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
        assertThat(rendered(value)).isEqualTo("dir/" + name);
    }

    @Test
    void aNameIsCutAt255BytesAndNotWithinACharacter() {
        assertThat(rendered("a".repeat(300))).isEqualTo("dir/" + "a".repeat(255));
        assertThat(path("d/{payload}.log").of(LineMessage.of("a".repeat(253))))
                .isEqualTo("d/" + "a".repeat(253) + ".l");
        assertThat(path("{payload}/{payload}").of(LineMessage.of("b".repeat(70_000))))
                .isEqualTo("b".repeat(255) + "/" + "b".repeat(255));
        assertThat(rendered("é".repeat(200)).getBytes(UTF_8))
                .hasSizeBetween("dir/".length() + 200, "dir/".length() + 254);
    }

    @Test
    void whateverThePayloadItMakesOneNameInItsDirectory() {
        Random random = new Random(7);
        byte[] choice = "./\\\0a\n".getBytes(UTF_8);
        FilePath path = path("dir/{payload}");
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
        FilePath path = path("{connection}-{date}");
        String first = path.of(LineMessage.of("a"));

        assertThat(path.of(LineMessage.of("b"))).isSameAs(first);
        assertThat(path.of(LineMessage.of("b").from("c-8"))).isEqualTo("c-8-2026-03-04");
        assertThat(path.of(LineMessage.of("b").at("2026-03-05T00:00:00Z"))).isEqualTo("c-7-2026-03-05");
    }

    @ParameterizedTest
    @CsvSource({
        "867, dir/867.log",
        "'', dir/_.log",
        "../../etc/passwd, dir/___.._etc_passwd.log",
        "'a\0b\nc', dir/a_b_c.log",
        ".., dir/__.log",
        "., dir/_.log",
    })
    void anIdentityIsAsHarmlessAsAPayload(String identity, String expected) {
        assertThat(path("dir/{identity}.log").of(DeviceMessage.of(identity))).isEqualTo(expected);
        assertThat(path("dir/{imei}.log").of(DeviceMessage.of(null).with("imei", identity)))
                .isEqualTo(expected);
    }

    @Test
    void whatIsNotThereIsAnUnderscoreUnlessTheTemplateSaysOtherwise() {
        DeviceMessage message = DeviceMessage.of(null).with("imei", null);

        assertThat(path("{identity}/{imei}/{rule}/{imei|nobody}").of(message)).isEqualTo("_/_/position/nobody");
    }

    @Test
    void aFieldThatNoRuleHasMakesNoPath() {
        FilePath path = path("{imei}.log");

        assertThatExceptionOfType(UnknownFieldException.class).isThrownBy(() -> path.of(DeviceMessage.of("a")));
    }

    @Test
    void messagesOfOneOriginHaveFieldsRulesAndIdentitiesOfTheirOwn() {
        FilePath fields = path("{imei}");
        FilePath rules = path("{rule}");
        FilePath identities = path("{listener}/{identity}");
        DeviceMessage first = DeviceMessage.of("a").with("imei", "1");
        DeviceMessage second = DeviceMessage.of("a").with("imei", "2");

        assertThat(List.of(fields.of(first), fields.of(second))).containsExactly("1", "2");
        assertThat(List.of(rules.of(first), rules.of(DeviceMessage.of("a")))).containsExactly("position", "_");
        assertThat(List.of(identities.of(first), identities.of(DeviceMessage.of("b")), identities.of(second)))
                .containsExactly("greeter/a", "greeter/b", "greeter/a");
        assertThat(identities.of(second)).isSameAs(identities.of(first));
    }

    private static String rendered(String value) {
        return path("dir/{payload}").of(LineMessage.of(value));
    }

    private static FilePath path(String template) {
        return new FilePath(template, _ -> true, 0);
    }
}
