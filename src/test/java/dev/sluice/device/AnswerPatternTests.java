package dev.sluice.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.device.AnswerPattern.Read;
import dev.sluice.device.CommandsProperties.Answer;
import dev.sluice.message.Origin;
import dev.sluice.protocol.CommandTemplate;
import dev.sluice.protocol.RuleProperties.Shape;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A number goes out with a command, and is known again in its answer. */
final class AnswerPatternTests {

    private static final Origin DEVICE =
            new Origin("port", "c-1", "c-1", new InetSocketAddress("127.0.0.1", 9), "imei-7");

    private static AnswerPattern pattern(CommandTemplate template, Shape match, Shape rejected) {
        return new AnswerPattern(new Answer(match, rejected, Duration.ofSeconds(1), true), UTF_8, template.number());
    }

    @ParameterizedTest
    @CsvSource({
        "{number} {payload},        {number} ok,   255, '255 go',     '255 ok',    2147483647",
        "{number:dec4} {payload},   {number:4} ok, 7,   '0007 go',    '0007 ok',   9999",
        "{number:HEX4} {payload},   {number:4} ok, 16,  '0010 go',    '0010 ok',   65535",
        "{number:hex2} {payload},   {number} ok,   171, 'ab go',      'AB ok',     255",
        "'{identity},{number:dec}={payload}', 'ok {number}', 3, 'imei-7,3=go', 'ok 3', 2147483647"
    })
    void textIsReadAsItIsWritten(
            String template, String match, long number, String written, String answer, long greatest) {
        CommandTemplate text = CommandTemplate.text(template, UTF_8, null);
        assertThat(Objects.requireNonNull(text.number()).greatest()).isEqualTo(greatest);
        assertThat(text.render(DEVICE, "go".getBytes(UTF_8), number))
                .asString(UTF_8)
                .isEqualTo(written);
        Read read = pattern(text, new Shape(null, match, null), null).read(answer.getBytes(UTF_8));
        assertThat(read).isEqualTo(new Read(number, null, false));
    }

    @ParameterizedTest
    @CsvSource({
        "80 {number:u8} {payload},      81 {number:u8} {*},    200,  80C8676F,     81C80102,   255",
        "80 {number:u16le} {payload},   81 {number:u16le},     513,  800102676F,   810102,     65535",
        "80 {number:u8} {payload},      81 {number:u16},       200,  80C8676F,     8100C8,     255",
        "80 {number:bcd4} {payload},    81 {number:2},         1234, 801234676F,   811234,     9999",
        "80 {number:i8} {payload},      81 {number:1},         127,  807F676F,     817F,       127"
    })
    void bytesAreReadByTheirTypeOrThatOfTheTemplate(
            String template, String match, long number, String written, String answer, long greatest) {
        CommandTemplate hex = CommandTemplate.hex(template, null);
        assertThat(Objects.requireNonNull(hex.number()).greatest()).isEqualTo(greatest);
        assertThat(HexFormat.of().withUpperCase().formatHex(hex.render(DEVICE, "go".getBytes(UTF_8), number)))
                .isEqualTo(written);
        Read read = pattern(hex, new Shape(match, null, null), null)
                .read(HexFormat.of().parseHex(answer));
        assertThat(read).isEqualTo(new Read(number, null, false));
    }

    @Test
    void aRefusalIsLookedAtFirstAndADeviceMaySayWhoItIs() {
        CommandTemplate template = CommandTemplate.text("{number:dec2} {payload}", UTF_8, null);
        AnswerPattern pattern = pattern(
                template,
                new Shape(null, "{identity} {number} {*}", null),
                new Shape(null, null, "(?P<identity>.*) (?P<number>\\d+) NO"));
        assertThat(pattern.isNumbered()).isTrue();
        assertThat(pattern.isIdentified()).isTrue();
        assertThat(pattern.read("b 12 NO".getBytes(UTF_8))).isEqualTo(new Read(12, "b", true));
        assertThat(pattern.read("b 12 YES".getBytes(UTF_8))).isEqualTo(new Read(12, "b", false));
        assertThat(pattern.read("b x YES".getBytes(UTF_8))).isNull();
        assertThat(pattern.read("hello".getBytes(UTF_8))).isNull();
    }
}
