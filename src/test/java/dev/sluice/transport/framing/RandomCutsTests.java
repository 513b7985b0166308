package dev.sluice.transport.framing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.transport.framing.CheckedReader.Moves;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams made and cut at random. A failure names its seed: {@code check…(framing, seed)} repeats it. */
class RandomCutsTests {

    private static final int CUTS_OF_A_STREAM = 20;

    private static final int[] MAX_SIZES = {8, 9, 63, 64, 65, 100, 200};

    static List<FramingProperties> framings() {
        return SampleFramings.all();
    }

    @ParameterizedTest
    @MethodSource("framings")
    void framesAreReadAsTheyWereWrittenInTwoThousandCuts(FramingProperties framing) {
        for (int seed = 0; seed < 2_000 / CUTS_OF_A_STREAM; seed++) {
            checkFrames(framing, seed);
        }
    }

    @ParameterizedTest
    @MethodSource("framings")
    void garbageIsReadTheSameInTwoThousandCuts(FramingProperties framing) {
        for (int seed = 0; seed < 2_000 / CUTS_OF_A_STREAM; seed++) {
            checkGarbage(framing, seed);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("framings")
    void framesAreReadAsTheyWereWrittenInAHundredThousandCuts(FramingProperties framing) {
        for (int seed = 0; seed < 100_000 / CUTS_OF_A_STREAM; seed++) {
            checkFrames(framing, seed);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("framings")
    void garbageIsReadTheSameInAHundredThousandCuts(FramingProperties framing) {
        for (int seed = 0; seed < 100_000 / CUTS_OF_A_STREAM; seed++) {
            checkGarbage(framing, seed);
        }
    }

    private static void checkFrames(FramingProperties framing, int seed) {
        Random random = new Random(seed);
        FramingProperties limited = SampleFramings.withLimit(framing, maxSize(random), OnOversize.SKIP);
        RandomStream stream = new RandomStream(limited, random).writeFrames();
        checkCuts(limited, seed, random, stream.bytes(), stream.expected());
    }

    private static void checkGarbage(FramingProperties framing, int seed) {
        Random random = new Random(seed);
        OnOversize onOversize = random.nextBoolean() ? OnOversize.SKIP : OnOversize.CLOSE;
        FramingProperties limited = SampleFramings.withLimit(framing, maxSize(random), onOversize);
        byte[] stream = new RandomStream(limited, random).writeGarbage().bytes();
        checkCuts(limited, seed, random, stream, CheckedReader.whole(limited, stream));
    }

    private static void checkCuts(FramingProperties framing, int seed, Random random, byte[] stream, Reading expected) {
        try {
            for (int i = 0; i < CUTS_OF_A_STREAM; i++) {
                Reading reading = comparable(framing, readInPieces(framing, random, stream));
                // Messages are built by the framework only where they differ: that is slow.
                if (!reading.equals(comparable(framing, expected))) {
                    assertThat(reading).isEqualTo(comparable(framing, expected));
                }
            }
        } catch (AssertionError | RuntimeException ex) {
            throw new AssertionError(
                    "seed " + seed + ", " + framing + ", stream " + EscapedBytes.format(stream) + ": " + ex, ex);
        }
    }

    private static Reading readInPieces(FramingProperties framing, Random random, byte[] stream) {
        Moves moves = random.nextBoolean() ? Moves.AT_EVERY_READ : Moves.WHEN_FULL;
        CheckedReader reader = new CheckedReader(framing, moves, (byte) random.nextInt());
        int longest = 1 << random.nextInt(8);
        int start = 0;
        while (start < stream.length) {
            int end = Math.min(stream.length, start + 1 + random.nextInt(longest));
            reader.read(stream, start, end);
            start = end;
        }
        return reader.end();
    }

    /** What {@code raw} hands on depends on the cuts by nature. */
    private static Reading comparable(FramingProperties framing, Reading reading) {
        return framing.type() == Type.RAW ? reading.joined() : reading;
    }

    private static int maxSize(Random random) {
        return MAX_SIZES[random.nextInt(MAX_SIZES.length)];
    }
}
