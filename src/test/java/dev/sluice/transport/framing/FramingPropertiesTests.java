package dev.sluice.transport.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.transport.framing.FramingProperties.OnMismatch;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Order;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class FramingPropertiesTests {

    @Test
    void withoutAnyKeyItIsLinesOfUpTo64KilobytesThatCloseWhenLarger() {
        assertThat(bind(Map.of()))
                .isEqualTo(new FramingProperties(
                        Type.LINE,
                        DataSize.ofKilobytes(64),
                        OnOversize.CLOSE,
                        null,
                        4,
                        Order.BIG,
                        false,
                        null,
                        List.of(),
                        null,
                        OnMismatch.DROP,
                        Map.of(),
                        ""));
    }

    @Test
    void everyKeyIsBound() {
        Map<String, String> keys = Map.ofEntries(
                Map.entry("type", "length-prefixed"),
                Map.entry("max-size", "3MB"),
                Map.entry("on-oversize", "skip"),
                Map.entry("delimiter", "\\r\\n"),
                Map.entry("length-bytes", "2"),
                Map.entry("byte-order", "little"),
                Map.entry("length-includes-header", "true"),
                Map.entry("size", "80B"),
                Map.entry("frames[0]", "7E {*} 7E"),
                Map.entry("checksum", "xor-8"),
                Map.entry("on-mismatch", "pass"),
                Map.entry("escape.7E", "7D02"),
                Map.entry("between", "0D0A"));

        assertThat(bind(keys))
                .isEqualTo(new FramingProperties(
                        Type.LENGTH_PREFIXED,
                        DataSize.ofMegabytes(3),
                        OnOversize.SKIP,
                        "\\r\\n",
                        2,
                        Order.LITTLE,
                        true,
                        DataSize.ofBytes(80),
                        List.of("7E {*} 7E"),
                        "xor-8",
                        OnMismatch.PASS,
                        Map.of("7E", "7D02"),
                        "0D0A"));
        assertThat(keys).hasSameSizeAs(FramingProperties.class.getRecordComponents());
    }

    @ParameterizedTest
    @EnumSource
    void whatCodeAsksForIsWhatBindingGives(Type type) {
        String name = type.name().toLowerCase(Locale.ROOT).replace('_', '-');

        assertThat(SampleFramings.of(type)).isEqualTo(bind(Map.of("type", name)));
    }

    @Test
    void aSizeWithoutUnitIsInBytes() {
        FramingProperties properties = bind(Map.of("max-size", "100", "size", "8"));

        assertThat(properties.maxSize()).isEqualTo(DataSize.ofBytes(100));
        assertThat(properties.size()).isEqualTo(DataSize.ofBytes(8));
    }

    @ParameterizedTest
    @CsvSource({
        "type, lines",
        "max-size, much",
        "on-oversize, shrug",
        "length-bytes, four",
        "byte-order, middle",
        "length-includes-header, perhaps",
        "size, some",
    })
    void aValueThatCannotBeIsRefusedByItsKey(String key, String value) {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind(Map.of(key, value)))
                .satisfies(ex -> assertThat(ex.getName()).hasToString("framing." + key));
    }

    @ParameterizedTest
    @CsvSource({
        "line, Line",
        "crlf, Crlf",
        "varint, Varint",
        "octet-counted, OctetCounted",
        "until-close, UntilClose",
        "raw, Raw",
    })
    void aTypeIsItsFraming(String type, String framing) {
        assertThat(framing(Map.of("type", type)).getClass().getSimpleName()).isEqualTo(framing);
    }

    @Test
    void nulIsDelimitedByAZeroByte() {
        assertThat(framing(Map.of("type", "nul")))
                .isInstanceOfSatisfying(
                        Framing.Delimited.class,
                        delimited -> assertThat(delimited.delimiter()).containsExactly(0));
    }

    @Test
    void stxEtxAndMllpAreEnclosed() {
        assertThat(framing(Map.of("type", "stx-etx"))).isSameAs(Framing.Enclosed.STX_ETX);
        assertThat(framing(Map.of("type", "mllp"))).isSameAs(Framing.Enclosed.MLLP);
    }

    @Test
    void lengthPrefixedTakesItsKeys() {
        assertThat(framing(Map.of("type", "length-prefixed")))
                .isEqualTo(new Framing.LengthPrefixed(4, ByteOrder.BIG_ENDIAN, false));
        assertThat(framing(Map.of(
                        "type", "length-prefixed",
                        "length-bytes", "2",
                        "byte-order", "little",
                        "length-includes-header", "true")))
                .isEqualTo(new Framing.LengthPrefixed(2, ByteOrder.LITTLE_ENDIAN, true));
    }

    @Test
    void fixedTakesItsSizeUpToMaxSize() {
        assertThat(framing(Map.of("type", "fixed", "size", "80"))).isEqualTo(new Framing.Fixed(80));
        assertThat(framing(Map.of("type", "fixed", "size", "80", "max-size", "80")))
                .isEqualTo(new Framing.Fixed(80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1B", "64KB", "1024MB", "1GB"})
    void maxSizeCanBeFromOneByteToAGigabyte(String maxSize) {
        assertThat(framing(Map.of("max-size", maxSize))).isEqualTo(new Framing.Line());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1B", "1073741825B", "2GB", "4TB"})
    void anyOtherMaxSizeIsRefused(String maxSize) {
        refused(Map.of("max-size", maxSize), "max-size: must be from 1B to 1024MB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "5", "8"})
    void aLengthFieldHasOneToFourBytes(String lengthBytes) {
        refused(Map.of("type", "length-prefixed", "length-bytes", lengthBytes), "length-bytes: must be 1, 2, 3 or 4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1B", "65537B", "4GB"})
    void fixedWithASizeThatCannotBeIsRefused(String size) {
        refused(Map.of("type", "fixed", "size", size), "size: type 'fixed' needs it, from 1B to max-size");
    }

    @Test
    void framesImplyTheType() {
        assertThat(bind(Map.of("frames[0]", "7E {*} 7E")).type()).isEqualTo(Type.FRAMES);
        assertThat(framing(Map.of("frames[0]", "05", "frames[1]", "7E {*} 7E"))).isInstanceOf(Framing.Frames.class);
    }

    @Test
    void framesThatAreNoneAreRefusedWithTheirPlace() {
        refused(
                Map.of("type", "frames"),
                "frames: type 'frames' needs them, as \"7878 ({length:u8-2} {*}) {checksum} 0D0A\"");
        refused(Map.of("frames[0]", "05", "frames[1]", "7E 0"), "frames[1]: half a byte at character 4");
        refused(
                Map.of("frames[0]", "7E {*}"),
                "frames[0]: has no end: nothing tells where such a frame stops in a stream. Give it a {length}, or"
                        + " bytes behind {*}");
        refused(Map.of("frames[0]", "7E {*} 7E", "escape.7E", "7"), "escape: '7' is not bytes in hex, such as 7D02");
        refused(Map.of("frames[0]", "7E {*} 7E", "between", "x"), "between: 'x' is not bytes in hex, such as 7D02");
    }

    @Test
    void aChecksumHasANameAndAPlace() {
        refused(
                Map.of("frames[0]", "7E ({*}) {checksum} 7E"),
                "frames[0]: '{checksum}' of no name at character 10. Give it by 'checksum', such as crc-16/modbus");
        refused(
                Map.of("frames[0]", "7E {*} 7E", "checksum", "xor-8"),
                "checksum: is in none of the frames. Say where it stands and what it is made of, as"
                        + " \"7E ({*}) {checksum} 7E\"");
        refused(
                Map.of("frames[0]", "7E ({*}) {checksum} 7E", "checksum", "xor8"),
                "checksum: there is no checksum 'xor8'. Did you mean 'xor-8'?");
    }

    @Test
    void fixedWithoutSizeIsRefused() {
        refused(Map.of("type", "fixed"), "size: type 'fixed' needs it, from 1B to max-size");
    }

    @Test
    void delimitedWithoutDelimiterIsRefused() {
        String message = "delimiter: type 'delimited' needs it, as \"\\\\r\\\\n\" or \"0x1D0D\"";

        refused(Map.of("type", "delimited"), message);
        refused(Map.of("type", "delimited", "delimiter", ""), message);
    }

    @Test
    void keysOfOtherTypesDoNotMatter() {
        assertThat(framing(Map.of("type", "crlf", "length-bytes", "9", "delimiter", "\\", "size", "0")))
                .isEqualTo(new Framing.Crlf());
    }

    /** Left as an operator writes it, right as {@link EscapedBytes} does. */
    @ParameterizedTest
    @CsvSource({
        "|, |",
        "END, END",
        "' ', ' '",
        "\\r\\n, \\r\\n",
        "\\r\\n\\r\\n, \\r\\n\\r\\n",
        "a\\tb, a\\tb",
        "\\0, \\0",
        "\\01, \\x001",
        "\\\\, \\\\",
        "\\\\r, \\\\r",
        "\\x1D\\x0d, \\x1D\\x0D",
        "\\x41B, AB",
        "\\x7F, \\x7F",
        "\\x80, \\x80",
        "\\xFF\\xfe, \\xFF\\xFE",
        "é, \\xC3\\xA9",
        "é\\xE9é, \\xC3\\xA9\\xE9\\xC3\\xA9",
        "😀, \\xF0\\x9F\\x98\\x80",
        "0x1D0D, \\x1D\\x0D",
        "0x1d0d, \\x1D\\x0D",
        "0xFF, \\xFF",
        "0x00, \\0",
        "0x, 0x",
        "0, 0",
    })
    void aDelimiterIsTextWithEscapesOrHexadecimal(String delimiter, String expected) {
        assertThat(delimiter(delimiter)).isEqualTo(EscapedBytes.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\\", "a\\", "\\q", "\\x", "\\x1", "\\xG0", "a\\x4", "\\u0041", "0x1", "0x1D0", "0xZZ", "0x1D 0D"
            })
    void aDelimiterThatIsNeitherIsRefused(String delimiter) {
        refused(
                Map.of("type", "delimited", "delimiter", delimiter),
                "delimiter: '" + delimiter + "' is neither bytes as 0x1D0D nor text with \\r \\n \\t \\0 \\\\ \\xHH");
    }

    @Test
    void aDelimiterHasAtMost64Bytes() {
        assertThat(delimiter("é".repeat(32))).hasSize(64);
        refused(Map.of("type", "delimited", "delimiter", "é".repeat(32) + "a"), "delimiter: must be at most 64 bytes");
    }

    private static byte[] delimiter(String text) {
        Framing framing = framing(Map.of("type", "delimited", "delimiter", text));
        return ((Framing.Delimited) framing).delimiter();
    }

    private static void refused(Map<String, String> keys, String message) {
        FramingProperties properties = bind(keys);

        assertThatIllegalArgumentException().isThrownBy(properties::toFraming).withMessage(message);
    }

    private static Framing framing(Map<String, String> keys) {
        return bind(keys).toFraming();
    }

    private static FramingProperties bind(Map<String, String> keys) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        keys.forEach((key, value) -> source.put("framing." + key, value));
        return new Binder(source).bindOrCreate("framing", FramingProperties.class);
    }
}
