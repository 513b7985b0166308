package dev.sluice.transport.framing;

import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Hostile streams, read as a connection reads them: nothing throws, every read makes progress, and no more is kept than
 * is due. A failure names its seed: {@code check(type, seed)} repeats it.
 */
class FuzzedStreamsTests {

    private static final Map<Type, List<FramingProperties>> VARIANTS =
            SampleFramings.all().stream().collect(Collectors.groupingBy(FramingProperties::type));
    private static final int[] MAX_SIZES = {1, 7, 8, 64, 100, 1000, 64 * 1024, 100_000};
    private static final int MOST_BEYOND_MAX_SIZE = 64 * 1024;

    @ParameterizedTest
    @EnumSource
    void twentyThousandOfEachFraming(Type type) {
        for (int seed = 0; seed < 20_000; seed++) {
            check(type, seed);
        }
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void aMillionOfEachFraming(Type type) {
        for (int seed = 0; seed < 1_000_000; seed++) {
            check(type, seed);
        }
    }

    private static void check(Type type, int seed) {
        try {
            Random random = new Random(seed);
            List<FramingProperties> variants = VARIANTS.getOrDefault(type, List.of());
            FramingProperties variant = variants.get(random.nextInt(variants.size()));
            int maxSize = MAX_SIZES[random.nextInt(MAX_SIZES.length)];
            if (variant.size() != null) {
                maxSize = Math.max(maxSize, (int) variant.size().toBytes());
            }
            // Frames as long as they usually are here, whatever the limit.
            byte[] stream = MutatedStream.of(SampleFramings.withLimit(variant, 100, OnOversize.SKIP), random);
            read(SampleFramings.withLimit(variant, maxSize, OnOversize.SKIP), random.nextBoolean(), random, stream);
        } catch (IOException | RuntimeException | Error ex) {
            throw new AssertionError(type + ", seed " + seed + ": " + ex, ex);
        }
    }

    private static void read(FramingProperties framing, boolean skips, Random random, byte[] stream)
            throws IOException {
        int maxSize = (int) framing.maxSize().toBytes();
        FrameReader reader = new FrameReader(framing.toFraming().newDecoder(maxSize));
        InputStream in = new Pieces(stream, random);
        int mostAtOnce = 1 << random.nextInt(18);
        while (reader.read(in, mostAtOnce) >= 0) {
            if (reader.capacity() > maxSize + MOST_BEYOND_MAX_SIZE) {
                throw new AssertionError("holds " + reader.capacity() + " bytes for frames of " + maxSize);
            }
            Result result = decode(reader, maxSize);
            while (result == Result.FRAME || result == Result.BROKEN_OFF || result == Result.OVERSIZE && skips) {
                result = decode(reader, maxSize);
            }
            if (result != Result.MORE) {
                return;
            }
        }
        reader.last();
        if (reader.unfinished() != 0) {
            throw new AssertionError("bytes are left behind the end");
        }
    }

    private static Result decode(FrameReader reader, int maxSize) {
        int before = reader.unfinished();
        Result result = reader.next();
        if (result == Result.MALFORMED) {
            return result;
        }
        int left = reader.unfinished();
        if (left < 0 || left > before || left == before && result != Result.MORE) {
            throw new AssertionError(result + " leaves " + left + " of " + before + " bytes");
        }
        if (result == Result.FRAME && reader.payload().length > maxSize) {
            throw new AssertionError("a frame of more than " + maxSize);
        }
        return result;
    }

    /** A stream that comes in pieces of any size. */
    private static final class Pieces extends InputStream {

        private final byte[] stream;
        private final Random random;
        private final int longest;
        private int position;

        Pieces(byte[] stream, Random random) {
            this.stream = stream;
            this.random = random;
            // Long ones in pieces that are not too many.
            this.longest = Math.max(1 << random.nextInt(10), stream.length / 100);
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("byte by byte");
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (length == 0) {
                throw new AssertionError("There is no room to read into");
            }
            if (position == stream.length) {
                return -1;
            }
            int count = Math.min(Math.min(length, stream.length - position), 1 + random.nextInt(longest));
            System.arraycopy(stream, position, target, offset, count);
            position += count;
            return count;
        }
    }
}
