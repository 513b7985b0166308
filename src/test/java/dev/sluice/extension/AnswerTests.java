package dev.sluice.extension;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import dev.sluice.sink.CloudEventAttributes;
import dev.sluice.sink.StreamMessage;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerTests {

    @Test
    void keepsWhatItIsMadeOf() {
        byte[] payload = {1, 2};
        Answer answer = Answer.bytes(payload);
        payload[0] = 9;
        assertThat(answer.payload(UTF_8)).containsExactly(1, 2);
        assertThat(answer.isQuiet()).isFalse();
        assertThat(answer.isClosing()).isFalse();
        assertThat(answer.identity()).isNull();
        assertThat(answer.fields()).isEmpty();

        Answer other = answer.withField("b", "1")
                .withField("a", "2")
                .withField("b", "3")
                .withIdentity("me")
                .quiet()
                .closing();
        assertThat(other.payload(UTF_8)).containsExactly(1, 2);
        assertThat(other.isQuiet()).isTrue();
        assertThat(other.isClosing()).isTrue();
        assertThat(other.identity()).isEqualTo("me");
        assertThat(other.fields()).containsExactly(entry("b", "3"), entry("a", "2"));
        assertThat(answer.fields()).isEmpty();
        assertThat(Answer.none().payload(UTF_8)).isNull();
    }

    @Test
    void writesTextInTheCharsetOfTheListener() {
        assertThat(Answer.text("ä").payload(ISO_8859_1)).containsExactly(0xE4);
        assertThat(Answer.text("ä").payload(UTF_8)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1a", "a b", "a.b", "{a}", "-a", "ä"})
    void refusesNamesThatNoRuleCouldGive(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Answer.none().withField(name, "1"))
                .withMessage("'" + name
                        + "' is no name of a field: it begins with a letter, and letters, digits, '-' and '_' follow");
    }

    @Test
    void isBounded() {
        Answer answer = Answer.none();
        for (int i = 0; i < Answer.MOST_FIELDS; i++) {
            answer = answer.withField("f" + i, "");
        }
        Answer full = answer;
        assertThat(full.withField("f0", "again").fields()).hasSize(64);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> full.withField("more", ""))
                .withMessage("an answer has more than 64 fields");

        Answer.none().withField("ab", "ü".repeat(32 * 1024 - 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Answer.none().withField("abc", "ü".repeat(32 * 1024 - 1)))
                .withMessage("the fields of an answer have more than 65536 bytes");

        Answer.none().withIdentity("x".repeat(128));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Answer.none().withIdentity("x".repeat(129)))
                .withMessage("an identity has 129 characters; 128 are allowed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Answer.none().withIdentity(""))
                .withMessage("an identity is empty. Leave it out if nobody is known");
    }

    @Test
    void isTheSameNowAsOnceItHasBeenKept() {
        assertThat(Answer.none().withField("a", "x\uD800").fields()).containsEntry("a", "x?");
        assertThat(Answer.none().withIdentity("x\uD800").identity()).isEqualTo("x?");
    }

    @Test
    void headersHaveTheNamesThatSinksGive() {
        StreamMessage message =
                new StreamMessage(StreamMessage.of("known", 1).origin().identified("me"), 1, new byte[0]);
        List<Object> names = Arrays.stream(SluiceHeaders.class.getFields())
                .filter(field -> field.getName().startsWith("CE_"))
                .map(AnswerTests::value)
                .toList();
        assertThat(names)
                .containsExactlyInAnyOrderElementsOf(CloudEventAttributes.of(message).keySet().stream()
                        .map(name -> (Object) ("ce-" + name))
                        .toList());
    }

    private static Object value(Field field) {
        try {
            return field.get(null);
        } catch (IllegalAccessException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
