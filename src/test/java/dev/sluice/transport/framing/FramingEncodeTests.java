package dev.sluice.transport.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FramingEncodeTests {

    private static final byte[] VALUES = {0, 2, 3, 0x0B, 0x1C, '\r', '\n', '0', '1', ' ', 'a', 'b', '|', (byte) 0xFF};

    private static final byte[] VALUES_OF_A_LINE = {0, ' ', '1', 'a', (byte) 0x80, (byte) 0xFF};

    private static final Framing CR_LF_TWICE = new Framing.Delimited(EscapedBytes.parse("\\r\\n\\r\\n"));

    static final List<Arguments> FRAMES = List.of(
            argumentSet("line", new Framing.Line(), "hello", "hello\\n"),
            argumentSet("empty line", new Framing.Line(), "", "\\n"),
            argumentSet("crlf", new Framing.Crlf(), "hello", "hello\\r\\n"),
            argumentSet("nul", SampleFramings.of(Type.NUL).toFraming(), "hello", "hello\\0"),
            argumentSet("delimited", CR_LF_TWICE, "a\\r\\nb", "a\\r\\nb\\r\\n\\r\\n"),
            argumentSet("1 byte", lengthPrefixed(1, true, false), "hello", "\\x05hello"),
            argumentSet("2 bytes", lengthPrefixed(2, true, false), "hello", "\\0\\x05hello"),
            argumentSet("2 bytes, little", lengthPrefixed(2, false, false), "hello", "\\x05\\0hello"),
            argumentSet("3 bytes, little", lengthPrefixed(3, false, false), "hello", "\\x05\\0\\0hello"),
            argumentSet("4 bytes", lengthPrefixed(4, true, false), "hello", "\\0\\0\\0\\x05hello"),
            argumentSet("4 bytes included", lengthPrefixed(4, true, true), "hello", "\\0\\0\\0\\thello"),
            argumentSet("2 bytes included, little", lengthPrefixed(2, false, true), "", "\\x02\\0"),
            argumentSet("varint", new Framing.Varint(), "hello", "\\x05hello"),
            argumentSet("fixed", new Framing.Fixed(5), "hello", "hello"),
            argumentSet("stx-etx", Framing.Enclosed.STX_ETX, "hello", "\\x02hello\\x03"),
            argumentSet("mllp", Framing.Enclosed.MLLP, "hello", "\\x0Bhello\\x1C\\r"),
            argumentSet("octet-counted", new Framing.OctetCounted(), "hello world", "11 hello world"),
            argumentSet("octet-counted, empty", new Framing.OctetCounted(), "", "\\n"),
            argumentSet("until-close", new Framing.UntilClose(), "hello", "hello"),
            argumentSet("raw", new Framing.Raw(), "hello", "hello"));

    @ParameterizedTest
    @FieldSource("FRAMES")
    void aPayloadIsWrittenBetweenItsBoundaries(Framing framing, String payload, String frame) {
        FrameBuffer out = new FrameBuffer();

        framing.encode(EscapedBytes.parse(payload), out);

        assertThat(EscapedBytes.format(out.toByteArray())).isEqualTo(frame);
    }

    @Test
    void aVarintTakesAsManyBytesAsItNeeds() {
        assertThat(header(new Framing.Varint(), 127)).isEqualTo("\\x7F");
        assertThat(header(new Framing.Varint(), 128)).isEqualTo("\\x80\\x01");
        assertThat(header(new Framing.Varint(), 16_383)).isEqualTo("\\xFF\\x7F");
        assertThat(header(new Framing.Varint(), 16_384)).isEqualTo("\\x80\\x80\\x01");
    }

    @Test
    void aLengthFieldCanBeFilledToItsLastBit() {
        assertThat(header(lengthPrefixed(1, true, false), 0xFF)).isEqualTo("\\xFF");
        assertThat(header(lengthPrefixed(1, true, true), 0xFE)).isEqualTo("\\xFF");
        assertThat(header(lengthPrefixed(2, true, false), 0xFFFF)).isEqualTo("\\xFF\\xFF");
        assertThat(header(lengthPrefixed(2, false, true), 0xFFFD)).isEqualTo("\\xFF\\xFF");
        assertThat(header(lengthPrefixed(3, true, false), 0x123456)).isEqualTo("\\x124V");
        assertThat(header(lengthPrefixed(3, false, false), 0x123456)).isEqualTo("V4\\x12");
    }

    static final List<Arguments> REFUSED = List.of(
            argumentSet("1 byte", lengthPrefixed(1, true, false), "x".repeat(0x100), "256 bytes"),
            argumentSet("1 byte included", lengthPrefixed(1, true, true), "x".repeat(0xFF), "255 bytes"),
            argumentSet("2 bytes", lengthPrefixed(2, true, false), "x".repeat(0x10000), "65536 bytes"),
            argumentSet("2 bytes included", lengthPrefixed(2, false, true), "x".repeat(0xFFFE), "65534 bytes"),
            argumentSet("fixed, too short", new Framing.Fixed(5), "four", "5 bytes"),
            argumentSet("fixed, too long", new Framing.Fixed(5), "sixsix", "5 bytes"),
            argumentSet("fixed, empty", new Framing.Fixed(5), "", "5 bytes"),
            argumentSet("nul", SampleFramings.of(Type.NUL).toFraming(), "a\\0b", "end of a frame"),
            argumentSet("delimited", CR_LF_TWICE, "a\\r\\n\\r\\nb", "end of a frame"),
            argumentSet("delimited, half an end at the end", CR_LF_TWICE, "a\\r\\n", "end of a frame"),
            argumentSet("delimited, only half an end", CR_LF_TWICE, "\\r\\n", "end of a frame"),
            argumentSet("delimited by aa", new Framing.Delimited(new byte[] {'a', 'a'}), "a", "end of a frame"),
            argumentSet("octet-counted, empty", new Framing.OctetCounted(false), "", "never empty"),
            argumentSet("stx-etx, start", Framing.Enclosed.STX_ETX, "a\\x02b", "start of a frame"),
            argumentSet("mllp, start", Framing.Enclosed.MLLP, "\\x0B", "start of a frame"),
            argumentSet("stx-etx", Framing.Enclosed.STX_ETX, "a\\x03b", "end of a frame"),
            argumentSet("mllp", Framing.Enclosed.MLLP, "a\\x1C\\rb", "end of a frame"));

    @ParameterizedTest
    @FieldSource("REFUSED")
    void aPayloadThatTheFramingCannotCarryIsRefusedAndNothingWritten(Framing framing, String payload, String why) {
        FrameBuffer out = new FrameBuffer();
        out.append(new byte[] {'a', 'b', 'c'});

        assertThatIllegalArgumentException()
                .isThrownBy(() -> framing.encode(EscapedBytes.parse(payload), out))
                .withMessageContaining(why);
        assertThat(out.toByteArray()).containsExactly('a', 'b', 'c');
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\r", "\\r\\n\\r", "\\n\\r\\n\\r"})
    void whatOnlyResemblesADelimiterIsWritten(String payload) {
        FrameBuffer out = new FrameBuffer();

        CR_LF_TWICE.encode(EscapedBytes.parse(payload), out);

        assertThat(EscapedBytes.format(out.toByteArray())).isEqualTo(payload + "\\r\\n\\r\\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"one\\ntwo", "one\\r\\ntwo", "one\\r"})
    void lineBreaksWithinALineAreTheWritersOwn(String payload) {
        FrameBuffer out = new FrameBuffer();

        new Framing.Line().encode(EscapedBytes.parse(payload), out);
        new Framing.Crlf().encode(EscapedBytes.parse(payload), out);

        assertThat(EscapedBytes.format(out.toByteArray())).isEqualTo(payload + "\\n" + payload + "\\r\\n");
    }

    static List<FramingProperties> framings() {
        return SampleFramings.all();
    }

    @ParameterizedTest
    @MethodSource("framings")
    void whatIsWrittenIsReadBackOrRefused(FramingProperties framing) {
        // There, a payload is a frame already, and is written as it is.
        assumeThat(framing.type()).isNotEqualTo(Type.FRAMES);
        Random random = new Random(3);
        FramingProperties wide = SampleFramings.withLimit(framing, 1000, OnOversize.CLOSE);
        int written = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] payload = payload(random, framing.type());
            FrameBuffer out = new FrameBuffer();
            try {
                wide.toFraming().encode(payload, out);
            } catch (IllegalArgumentException _) {
                assertThat(out.size()).isZero();
                continue;
            }
            written++;
            // Nothing at all is how these two carry an empty payload.
            boolean message = out.size() > 0 || framing.type() != Type.RAW && framing.type() != Type.UNTIL_CLOSE;
            Reading reading = CheckedReader.whole(wide, out.toByteArray());
            assertThat(reading)
                    .as("round %d, payload %s", round, EscapedBytes.format(payload))
                    .isEqualTo(new Reading(
                            message ? List.of(Reading.message(payload)) : List.of(),
                            0,
                            0,
                            0,
                            message && framing.type() == Type.UNTIL_CLOSE,
                            0));
        }
        assertThat(written).isGreaterThan(20);
    }

    @Test
    void framesFollowEachOtherInOneBuffer() {
        FrameBuffer out = new FrameBuffer();
        for (int size = 0; size < 1000; size++) {
            new Framing.Varint().encode(new byte[size], out);
        }

        Reading reading = CheckedReader.whole(SampleFramings.of(Type.VARINT), out.toByteArray());

        assertThat(reading.messages())
                .extracting(String::length)
                .containsExactlyElementsOf(IntStream.range(0, 1000).boxed().toList());
    }

    /** Of few values, so that there are many ends of frames and beginnings of them; lines are without line breaks. */
    private static byte[] payload(Random random, Type type) {
        byte[] values = type == Type.LINE || type == Type.CRLF ? VALUES_OF_A_LINE : VALUES;
        int fewest = type == Type.FIXED ? SampleFramings.FIXED_SIZE : 0;
        byte[] payload = new byte[fewest + random.nextInt(random.nextBoolean() ? 4 : 300)];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = values[random.nextInt(values.length)];
        }
        return payload;
    }

    private static String header(Framing framing, int payloadLength) {
        FrameBuffer out = new FrameBuffer();
        framing.encode(new byte[payloadLength], out);
        return EscapedBytes.format(Arrays.copyOf(out.toByteArray(), out.size() - payloadLength));
    }

    private static Framing lengthPrefixed(int bytes, boolean bigEndian, boolean includesHeader) {
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return new Framing.LengthPrefixed(bytes, order, includesHeader);
    }
}
