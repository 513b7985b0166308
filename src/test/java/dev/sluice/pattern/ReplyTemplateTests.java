package dev.sluice.pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How answers are written. */
class ReplyTemplateTests {

    /** Fields as a message had them: values, and the bytes that some have of their own. */
    private static final Map<String, String> VALUES = Map.of(
            "serial", "0009",
            "imei", "864717003283581",
            "n", "5",
            "big", "70000",
            "negative", "-2",
            "name", "AB",
            "sequence", "65538",
            "identity", "0139",
            "unix-time", "1767323045");

    private static final Map<String, String> BYTES =
            Map.of("serial", "0009", "imei", "0864717003283581", "n", "05", "name", "4142");

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
        7E 0d0a 'OK';                    7e0d0a4f4b
        {serial} {imei} {n};             0009086471700328358105
        {n:u32} {n:u16le} {n:u8};        00000005050005
        {big:u24} {negative:i16};        011170fffe
        {imei:bcd15};                    0864717003283581
        {n:bcd4} {n:bcd4le};             00050500
        {imei:text16};                   38363437313730303332383335383100
        {name:text};                     4142
        {serial:2} {serial:2le};         00090900
        {n:dec3} {big:HEX6} {big:hex};   3030353031313137303131313730
        {name:text[u8]} {imei:bcd[u8]};  024142080864717003283581
        {sequence:u16} {sequence:u8};    000202
        {identity:bcd6};                 000139
        {unix-time:u32};                 695735a5
        {received-at:yyMMddHHmmss};      260102030405
        {absent|} {absent|0102};         0102
        {absent|'ok'};                   6f6b
        {absent:u16|7} {n:u8|9};         000705
        """)
    void inHex(String template, String expected) {
        byte[] written = ReplyTemplate.hex(template).render(values(ReplyTemplate.hex(template)));

        assertThat(HexFormat.of().formatHex(written)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
        OK {{n} {n};                     OK {n} 5
        {imei},{serial},{absent|-};      864717003283581,0009,-
        {site|}.;                        .
        {n:dec4} {big:HEX8};             0005 00011170
        {sequence}/{identity};           65538/0139
        {received-at:yyyyMMddHHmmss};    20260102030405
        {received-at:yyyy-MM-dd};        2026-01-02
        """)
    void inText(String template, String expected) {
        ReplyTemplate compiled = ReplyTemplate.text(template, UTF_8);

        assertThat(compiled.render(values(compiled))).asString(UTF_8).isEqualTo(expected);
    }

    @Test
    void eachPlaceholderIsAskedForByItsIndex() {
        ReplyTemplate template = ReplyTemplate.hex("{length} {b} {a:u8} {b:u16|1} {received-at:yyMM} {checksum}");

        assertThat(template.names()).containsExactly("b", "a", "received-at");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
        {absent};          'absent' is absent
        {absent:u16};      'absent' is absent
        {sequence};        'sequence' has no bytes of its own: say how it is written, such as {sequence:u16}
        {big:u16};         'big' cannot be written: '70000' does not fit 'u16'
        {negative:u16};    'negative' cannot be written: '-2' does not fit 'u16'
        {name:u16};        'name' cannot be written: 'AB' is not a number that 'u16' can write
        {imei:bcd14};      'imei' cannot be written: '864717003283581' does not fit 'bcd14'
        {name:bcd4};       'name' cannot be written: 'AB' does not fit 'bcd4'
        {imei:text14};     'imei' cannot be written: '864717003283581' does not fit 'text14'
        {serial:3};        'serial' cannot be written: '0009' does not fit '3'
        {imei:3};          'imei' cannot be written: '864717003283581' is not bytes in hex, as '3' has to be
        {big:dec4};        'big' cannot be written: '70000' does not fit 'dec4'
        """)
    void whatCannotBeWrittenIsSaidInASentence(String template, String message) {
        ReplyTemplate compiled = ReplyTemplate.hex(template);

        assertThat(catchThrowableOfType(UnwritableException.class, () -> compiled.render(values(compiled))))
                .hasMessage(message);
    }

    @Test
    void aCharacterThatTheCharsetLacksIsNotReplaced() {
        ReplyTemplate template = ReplyTemplate.text("{n}", US_ASCII);
        Values values = values(Map.of("n", "ö"), Map.of(), template);

        assertThat(catchThrowableOfType(UnwritableException.class, () -> template.render(values)))
                .hasMessage("'ö' cannot be written in US-ASCII");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
        # GT06, and what follows counts whatever is between
        7878 {length} 01 {serial} {checksum} 0D0A;   7878 ({length:u8-2} {*}) {checksum} 0D0A;        crc-16/x-25;  78780501000955940d0a
        {length} 64 01 {checksum};                   {length:u16-2} ({*}) {checksum};                 crc-16/kermit; 0002640113bc
        7E 01 {checksum} 7E;                         7E ({*}) {checksum} 7E;                          xor-8;        7e01017e
        '$A*' {checksum} 0D0A;                       '$' ({*}) '*' {checksum:HEX} 0D0A;               xor-8;        2441 2a34310d0a
        '$A*' {checksum:HEX} 0D0A;                   '$' ({*}) '*' {checksum:hex} 0D0A;                   xor-8;        24412a34310d0a
        01 {length} 0203 {checksum};                 (01 {length:u16le&7FFF} {*}) {checksum:le};      crc-16/modbus; 0104000203 5991
        68 {length} {length} 68 AABBCC {checksum} 16; 68 {length:u8-4} .. 68 ({*}) {checksum} 16;     sum-8;        68030368aabbcc3116
        '@@A' {length} ',1*' {checksum} 0D0A;        ('@@' .. {length:dec} ',' {*} '*') {checksum:HEX} 0D0A; sum-8; 404041372c312a37460d0a
        """)
    void aFrameFillsInLengthAndChecksum(String template, String frame, String checksum, String expected) {
        ReplyTemplate compiled =
                ReplyTemplate.hex(template).sealedBy(Frames.of(List.of(frame), checksum, Map.of(), ""));

        assertThat(HexFormat.of().formatHex(compiled.render(values(compiled)))).isEqualTo(expected.replace(" ", ""));
    }

    @Test
    void theFirstFrameThatAgreesIsTheOne() {
        Frames frames = Frames.of(List.of("FF", "7878 {length:u8} {*}", "{length:u16} {*}"), null, Map.of(), "");

        assertThat(ReplyTemplate.hex("7878 {length} 01").sealedBy(frames).render(values(ReplyTemplate.hex("00"))))
                .containsExactly(0x78, 0x78, 1, 1);
        assertThat(ReplyTemplate.hex("{length} 01").sealedBy(frames).render(values(ReplyTemplate.hex("00"))))
                .containsExactly(0, 1, 1);
        assertThat(ReplyTemplate.text("{length:HEX4}{n}", ISO_8859_1)
                        .sealedBy(frames)
                        .render(values(ReplyTemplate.hex("{n}"))))
                .asString(ISO_8859_1)
                .isEqualTo("00015");
    }

    @Test
    void aLengthThatDoesNotFitFailsTheAnswer() {
        Frames frames = Frames.of(List.of("7E {length:u8} {*}"), null, Map.of(), "");
        ReplyTemplate template = ReplyTemplate.hex("7E {length} {n:text}").sealedBy(frames);
        Values values = values(Map.of("n", "x".repeat(256)), Map.of(), template);

        assertThat(catchThrowableOfType(UnwritableException.class, () -> template.render(values)))
                .hasMessage("'256' does not fit 'u8'");
    }

    private static Values values(ReplyTemplate template) {
        return values(VALUES, BYTES, template);
    }

    private static Values values(Map<String, String> values, Map<String, String> bytes, ReplyTemplate template) {
        return new Values() {
            @Override
            public @Nullable String text(int index) {
                return values.get(template.names().get(index));
            }

            @Override
            public byte @Nullable [] bytes(int index) {
                String hex = bytes.get(template.names().get(index));
                return hex == null ? null : HexFormat.of().parseHex(hex);
            }

            @Override
            public Instant receivedAt() {
                return Instant.parse("2026-01-02T03:04:05Z");
            }
        };
    }
}
