package dev.sluice.transport.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pattern.SampleProtocol;
import dev.sluice.pattern.SampleProtocol.Conversation;
import dev.sluice.transport.framing.CheckedReader.Moves;
import dev.sluice.transport.framing.FrameDecoder.Result;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Where frames end that are described by patterns. Bytes are hex. */
class FramesTests {

    private static final String GT06 =
            "7878 ({length:u8-2} {*}) {checksum} 0D0A; 7979 ({length:u16-2} {*}) {checksum} 0D0A; 7878 ({*})"
                    + " {checksum} 0D0A";

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '"', textBlock = """
        # One by its bytes, one by its length
        FF; 00 {length:u8} {*}             @ ff0002aabb00000000                 @ ff 0002aabb 0000 0000
        # A length counts what follows, less what it does not
        68 {length:u8} {*} 16              @ 6803aabb16                         @ 6803aabb16
        {:2} 0000 {length:u16} {*}         @ 000100000001aa                     @ 000100000001aa
        5A {length:u16le&7FFF} {*}         @ 5a0180aa5a0000                     @ 5a0180aa 5a0000
        5A {length:u8-4} .. 5A {*}         @ 5a03005a0102030405                 @ 5a03005a0102030405
        '#' {length:dec} ',' {*}           @ 23332c61622331312c30313233343536373839 @ 23332c6162 2331312c30313233343536373839
        '#' {length:dec2} {*}              @ 2330326161                         @ 2330326161
        '#' {length:HEX4-1} {*} 0D         @ 2330303031610d                     @ 2330303031610d
        # Text up to the next byte
        {:text} ' ' {:text} ' 0' 0A; {:text} ' ' {:text} ' ' {length:dec-2} ' ' {*} 0A @ 31206120300a322062203120630a @ 31206120300a 322062203120630a
        # Up to what stands behind
        '(' {*} ')'                        @ 284129284229                       @ 284129 284229
        24 {*} 0D0A                        @ 24410d410d0a                       @ 24410d410d0a
        # What must stand there does not: the next is tried
        78 {length:u8} {*} 0A; 78 {*} 0D   @ 780341420d                         @ 780341420d
        78 {length:u8} {*} 0A; 78 {*} 0D   @ 780241420d                         @ 780241420d
        78 {length:u8} {*} 0A; 78 {*} 0D   @ 780341420a                         @ 780341420a
        # All of it is told, so nothing may be left
        01 {length:u8}                     @ 0100                               @ 0100
        01 {length:u8}                     @ 0101ff                             @ malformed
        # None
        78 {*} 0A                          @ 79                                 @ malformed
        7E {length:u8} {*} 7E              @ 7e0000                             @ malformed
        """)
    void whatIsCut(String frames, String stream, String expected) {
        assertThat(cut(keys(frames), stream)).isEqualTo(expected);
    }

    private static String cut(Map<String, String> keys, String hex) {
        Reading reading = CheckedReader.whole(bind(keys), HexFormat.of().parseHex(hex));
        if (reading.malformed() > 0) {
            return "malformed";
        }
        return String.join(
                " ",
                reading.messages().stream()
                        .map(message -> HexFormat.of().formatHex(message.getBytes(ISO_8859_1)))
                        .toList());
    }

    @Test
    void aWrongChecksumIsAMismatchUnlessItPasses() {
        Map<String, String> keys = keys(GT06);
        keys.put("checksum", "crc-16/x-25");
        byte[] wrong = HexFormat.of().parseHex("78780d01086471700328358100093f050d0a");

        FrameDecoder decoder = bind(keys).toFraming().newDecoder(100);
        assertThat(decoder.decode(wrong, 0, wrong.length)).isEqualTo(Result.MISMATCH);
        assertThat(decoder.next()).isEqualTo(wrong.length);

        keys.put("on-mismatch", "pass");
        decoder = bind(keys).toFraming().newDecoder(100);
        assertThat(decoder.decode(wrong, 0, wrong.length)).isEqualTo(Result.FRAME);
        assertThat(decoder.takePassed()).isEqualTo(1);
        assertThat(decoder.takePassed()).isZero();
    }

    @Test
    void escapesAreUndoneBetweenTheMarksAndTwoMarksAreOne() {
        Map<String, String> keys = keys("7E ({*}) {checksum} 7E");
        keys.put("checksum", "xor-8");
        keys.put("escape.7E", "7D02");
        keys.put("escape.7D", "7D01");

        assertThat(cut(keys, "7e7d027d01037e" + "7e" + "7e01017e")).isEqualTo("7e7e7d037e 7e01017e");
    }

    @Test
    void whatMayStandBetweenIsPassedOver() {
        Map<String, String> keys = keys("'(' {*} ')'");
        keys.put("between", "0D0A");

        Reading reading = CheckedReader.whole(bind(keys), "\r\n(a)\r\n\n(b)\r".getBytes(ISO_8859_1));

        assertThat(reading.messages()).containsExactly("(a)", "(b)");
        assertThat(reading.passedOver()).isEqualTo(6);
        assertThat(reading.incomplete()).isZero();
    }

    @Test
    void bytesThatAreNoFrameAreShown() {
        FrameDecoder decoder = bind(keys("7878 {*} 0D0A")).toFraming().newDecoder(100);
        byte[] bytes = "GET / HTTP/1.1".getBytes(ISO_8859_1);

        assertThat(decoder.decode(bytes, 0, bytes.length)).isEqualTo(Result.MALFORMED);
        assertThat(decoder.problem()).isEqualTo("no frame begins with 47 45 54 20 2F 20 48 54 ...");
    }

    static List<Conversation> streams() {
        return SampleProtocol.conversations().stream()
                .filter(conversation -> !conversation.datagrams()
                        && !conversation.protocol().frames().isEmpty())
                .toList();
    }

    /** However it comes, a stream of devices' own frames is cut as in one piece. */
    @ParameterizedTest
    @MethodSource("streams")
    void devicesFramesAreCutTheSameHoweverTheyCome(Conversation conversation) {
        FramingProperties framing = framing(conversation.protocol());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        conversation.steps().forEach(step -> all.writeBytes(step.sent()));
        byte[] stream = all.toByteArray();
        Reading whole = CheckedReader.whole(framing, stream);

        assertThat(whole.malformed() + whole.oversize() + whole.incomplete()).isZero();
        assertThat(whole.messages())
                .hasSizeGreaterThanOrEqualTo(conversation.steps().size());
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            CheckedReader reader = new CheckedReader(framing, Moves.WHEN_FULL, (byte) random.nextInt());
            int longest = seed == 0 ? 1 : 30;
            for (int from = 0; from < stream.length; ) {
                int to = Math.min(stream.length, from + 1 + random.nextInt(longest));
                reader.read(stream, from, to);
                from = to;
            }
            assertThat(reader.end()).as("seed %s", seed).isEqualTo(whole);
        }
    }

    /** What has been at it is random; nothing throws, and {@link CheckedReader} sees that too much is never kept. */
    @ParameterizedTest
    @MethodSource("streams")
    void damagedFramesAreReadTheSameHoweverTheyCome(Conversation conversation) {
        FramingProperties framing =
                SampleFramings.withLimit(framing(conversation.protocol()), 200, FramingProperties.OnOversize.SKIP);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        conversation.steps().forEach(step -> all.writeBytes(step.sent()));
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] stream = all.toByteArray();
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                stream[random.nextInt(stream.length)] = (byte) random.nextInt();
            }
            int cut = random.nextInt(stream.length);
            stream = Arrays.copyOfRange(stream, random.nextInt(cut + 1), stream.length);
            Reading whole = CheckedReader.whole(framing, stream);
            CheckedReader reader = new CheckedReader(framing, Moves.AT_EVERY_READ, (byte) random.nextInt());
            for (int from = 0; from < stream.length; ) {
                int to = Math.min(stream.length, from + 1 + random.nextInt(20));
                reader.read(stream, from, to);
                from = to;
            }
            assertThat(reader.end()).as("seed %s", seed).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0100",
        "00, 010100",
        "11, 021100",
        "110022, 0211022200",
        "0000, 01010100",
        "11223300, 041122330100",
    })
    void cobsHasNoZeroByteButTheLast(String payload, String expected) {
        byte[] bytes = HexFormat.of().parseHex(payload);
        FrameBuffer frame = new FrameBuffer();
        new Framing.Cobs().encode(bytes, frame);

        assertThat(HexFormat.of().formatHex(frame.toByteArray())).isEqualTo(expected);
    }

    @Test
    void cobsOfAnyLengthIsReadAsItWasWritten() {
        FramingProperties cobs = SampleFramings.withLimit(
                SampleFramings.of(FramingProperties.Type.COBS), 2000, FramingProperties.OnOversize.CLOSE);
        Random random = new Random(3);
        for (int length = 0; length < 1100; length++) {
            byte[] payload = new byte[length];
            random.nextBytes(payload);
            if (length % 3 > 0) {
                for (int i = 0; i < length; i++) {
                    payload[i] |= 1;
                }
            }
            FrameBuffer frame = new FrameBuffer();
            cobs.toFraming().encode(payload, frame);

            assertThat(CheckedReader.whole(cobs, frame.toByteArray()))
                    .isEqualTo(Reading.of(List.of(Reading.message(payload))));
        }
    }

    private static FramingProperties framing(SampleProtocol protocol) {
        Map<String, String> keys = keys(String.join(";", protocol.frames()));
        for (String key : List.of("checksum", "between")) {
            if (protocol.keys().containsKey("framing." + key)) {
                keys.put(key, protocol.text("framing." + key, ""));
            }
        }
        protocol.escape().forEach((meant, written) -> keys.put("escape." + meant, written));
        return bind(keys);
    }

    private static Map<String, String> keys(String frames) {
        Map<String, String> keys = new HashMap<>();
        String[] patterns = frames.split(";");
        for (int i = 0; i < patterns.length; i++) {
            keys.put("frames[" + i + "]", patterns[i].strip());
        }
        return keys;
    }

    private static FramingProperties bind(Map<String, String> keys) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        keys.forEach((key, value) -> source.put("framing." + key, value));
        return new Binder(source).bindOrCreate("framing", FramingProperties.class);
    }
}
