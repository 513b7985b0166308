package dev.sluice.transport.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.sluice.transport.framing.CheckedReader.Moves;
import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.FramingProperties.OnMismatch;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Order;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** Peers that want more memory than they are due. {@link CheckedReader} checks that little is kept. */
class HostileStreamTests {

    private static final int ENDLESS = 200_000;

    static Stream<Arguments> framesWithoutEnd() {
        return Stream.of(
                argumentSet("line", framing(Type.LINE), "", "a"),
                argumentSet("line of CR", framing(Type.LINE), "", "\\r"),
                argumentSet("crlf", framing(Type.CRLF), "", "a"),
                argumentSet("crlf of CR", framing(Type.CRLF), "", "\\r"),
                argumentSet("crlf of LF", framing(Type.CRLF), "", "\\n"),
                argumentSet("nul", framing(Type.NUL), "", "\\x01"),
                argumentSet("delimited", delimited("\\r\\n\\r\\n"), "", "a"),
                argumentSet("delimited of near delimiters", delimited("\\r\\n\\r\\n"), "", "\\r\\n\\r"),
                argumentSet("length of 2^31-1", lengthPrefixed(4, Order.BIG), "\\x7F\\xFF\\xFF\\xFF", "\\0"),
                argumentSet("length of 2^32-1", lengthPrefixed(4, Order.BIG), "\\xFF\\xFF\\xFF\\xFF", "\\0"),
                argumentSet("little length", lengthPrefixed(4, Order.LITTLE), "\\xFF\\xFF\\xFF\\x7F", "\\0"),
                argumentSet("length of 3 bytes", lengthPrefixed(3, Order.BIG), "\\xFF\\xFF\\xFF", "\\0"),
                argumentSet("varint of 2^31-1", framing(Type.VARINT), "\\xFF\\xFF\\xFF\\xFF\\x07", "\\0"),
                argumentSet("varint of 2^32-1", framing(Type.VARINT), "\\xFF\\xFF\\xFF\\xFF\\x0F", "\\0"),
                argumentSet(
                        "varint of 2^63-1",
                        framing(Type.VARINT),
                        "\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\xFF\\x7F",
                        "\\0"),
                argumentSet("stx-etx", framing(Type.STX_ETX), "\\x02", "\\x01"),
                argumentSet("mllp", framing(Type.MLLP), "\\x0B", "\\r"),
                argumentSet("mllp of half ends", framing(Type.MLLP), "\\x0B", "\\x1C"),
                argumentSet("count of ten digits", framing(Type.OCTET_COUNTED), "9999999999 ", "1"),
                argumentSet("count of 2^31-1", framing(Type.OCTET_COUNTED), "2147483647 ", "1"),
                argumentSet("digits", framing(Type.OCTET_COUNTED), "", "9"),
                argumentSet("zeros", framing(Type.OCTET_COUNTED), "", "0"),
                argumentSet("counts of zero", framing(Type.OCTET_COUNTED), "", "0 "),
                argumentSet("uncounted line", framing(Type.OCTET_COUNTED), "<", "a"),
                argumentSet("cobs", framing(Type.COBS), "", "\\x01"),
                argumentSet("frames by their end", SampleFramings.marked(), "~", "a"),
                argumentSet("frames by their end of near ends", SampleFramings.ended(), "$", "\\r"),
                argumentSet("frames by a length of 2^32-1", SampleFramings.counted(), "Z\\xFF\\xFF\\xFF\\xFF", "\\0"),
                argumentSet("until-close", framing(Type.UNTIL_CLOSE), "", "a"));
    }

    @ParameterizedTest
    @MethodSource("framesWithoutEnd")
    void aFrameWithoutEndIsOversizeOnceAndNotKept(FramingProperties framing, String beginning, String rest) {
        for (int readSize : new int[] {1, 7, 1000, 4096}) {
            Reading reading = read(framing, beginning, rest, readSize);

            assertThat(reading).isEqualTo(new Reading(List.of(), 1, 0, 0, false, 0));
        }
    }

    static Stream<Arguments> streamsOfEmptyFrames() {
        return Stream.of(
                argumentSet("line", framing(Type.LINE), "\\n"),
                argumentSet("crlf", framing(Type.CRLF), "\\r\\n"),
                argumentSet("nul", framing(Type.NUL), "\\0"),
                argumentSet("delimited", delimited("abab"), "abab"),
                argumentSet("length", lengthPrefixed(4, Order.BIG), "\\0\\0\\0\\0"),
                argumentSet("varint", framing(Type.VARINT), "\\0"),
                argumentSet("stx-etx", framing(Type.STX_ETX), "\\x02\\x03"),
                argumentSet("mllp", framing(Type.MLLP), "\\x0B\\x1C\\r"),
                argumentSet("octet-counted", framing(Type.OCTET_COUNTED), "\\n"));
    }

    @ParameterizedTest
    @MethodSource("streamsOfEmptyFrames")
    void emptyFramesAreAsManyAsAreSent(FramingProperties framing, String frame) {
        int frames = 10_000;
        byte[] stream = repeat("", frame, frames * EscapedBytes.parse(frame).length);

        assertThat(CheckedReader.whole(framing, stream)).isEqualTo(Reading.of(Collections.nCopies(frames, "")));
    }

    @Test
    void lineBreaksBetweenEnclosedFramesAreNotKept() {
        assertThat(read(framing(Type.MLLP), "", "\\r\\n", 1000))
                .isEqualTo(new Reading(List.of(), 0, 0, 0, false, ENDLESS));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 65_536})
    void startBytesWithoutEndAreFramesBrokenOffAndTakeNoTime(int readSize) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(read(framing(Type.STX_ETX), "", "\\x02", readSize)
                                .incomplete())
                        .isEqualTo(readSize == 1 ? ENDLESS / 10 : ENDLESS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\xFF", "\\x80"})
    void aVarintWithoutEndIsMalformedAtItsTenthByte(String rest) {
        FrameDecoder decoder = framing(Type.VARINT).toFraming().newDecoder(100);
        byte[] stream = repeat("", rest, 20);

        assertThat(IntStream.rangeClosed(1, 10).mapToObj(to -> decoder.decode(stream, 0, to)))
                .containsExactly(IntStream.rangeClosed(1, 10)
                        .mapToObj(to -> to < 10 ? Result.MORE : Result.MALFORMED)
                        .toArray(Result[]::new));
        assertThat(decoder.problem()).isEqualTo("a varint has ten bytes at the most and is less than 2^63");
    }

    @Test
    void aLengthOfZeroThatIncludesItsHeaderIsMalformed() {
        FramingProperties framing = new FramingProperties(
                Type.LENGTH_PREFIXED,
                DataSize.ofBytes(100),
                OnOversize.SKIP,
                null,
                2,
                Order.BIG,
                true,
                null,
                List.of(),
                null,
                OnMismatch.DROP,
                Map.of(),
                "");

        assertThat(read(framing, "", "\\0", 1000)).isEqualTo(new Reading(List.of(), 0, 1, 0, false, 0));
    }

    static Stream<Arguments> beginningsOfVeryLargeFrames() {
        return Stream.of(
                argumentSet("line", new Framing.Line(), "abc"),
                argumentSet("crlf", new Framing.Crlf(), "abc\\r"),
                argumentSet("delimited", new Framing.Delimited(new byte[] {1, 2, 3, 4}), "abc"),
                argumentSet(
                        "length-prefixed",
                        new Framing.LengthPrefixed(4, ByteOrder.BIG_ENDIAN, false),
                        "\\x7F\\xFF\\xFF\\xFFabc"),
                argumentSet("varint", new Framing.Varint(), "\\xFF\\xFF\\xFF\\xFF\\x07abc"),
                argumentSet("mllp", Framing.Enclosed.MLLP, "\\x0Babc\\x1C"),
                argumentSet("octet-counted", new Framing.OctetCounted(), "2147483647 abc"),
                argumentSet("octet-counted line", new Framing.OctetCounted(), "<abc"),
                argumentSet("until-close", new Framing.UntilClose(), "abc"));
    }

    @ParameterizedTest
    @MethodSource("beginningsOfVeryLargeFrames")
    void withoutALimitTheBeginningOfAFrameIsNotTakenForTheWhole(Framing framing, String beginning) {
        byte[] bytes = EscapedBytes.parse(beginning);

        assertThat(framing.newDecoder(Integer.MAX_VALUE).decode(bytes, 0, bytes.length))
                .isEqualTo(Result.MORE);
    }

    private static Reading read(FramingProperties framing, String beginning, String rest, int readSize) {
        byte[] stream = repeat(beginning, rest, readSize == 1 ? ENDLESS / 10 : ENDLESS);
        CheckedReader reader = new CheckedReader(framing, Moves.WHEN_FULL, (byte) 0);
        for (int start = 0; start < stream.length; start += readSize) {
            reader.read(stream, start, Math.min(stream.length, start + readSize));
        }
        return reader.end();
    }

    private static byte[] repeat(String beginning, String rest, int size) {
        byte[] first = EscapedBytes.parse(beginning);
        byte[] repeated = EscapedBytes.parse(rest);
        byte[] stream = new byte[size];
        for (int i = 0; i < size; i++) {
            stream[i] = i < first.length ? first[i] : repeated[(i - first.length) % repeated.length];
        }
        return stream;
    }

    private static FramingProperties framing(Type type) {
        return SampleFramings.withLimit(SampleFramings.of(type), 100, OnOversize.SKIP);
    }

    private static FramingProperties delimited(String delimiter) {
        return new FramingProperties(
                Type.DELIMITED,
                DataSize.ofBytes(100),
                OnOversize.SKIP,
                delimiter,
                4,
                Order.BIG,
                false,
                null,
                List.of(),
                null,
                OnMismatch.DROP,
                Map.of(),
                "");
    }

    private static FramingProperties lengthPrefixed(int bytes, Order order) {
        return new FramingProperties(
                Type.LENGTH_PREFIXED,
                DataSize.ofBytes(100),
                OnOversize.SKIP,
                null,
                bytes,
                order,
                false,
                null,
                List.of(),
                null,
                OnMismatch.DROP,
                Map.of(),
                "");
    }
}
