package dev.sluice.transport.framing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FrameReaderTests {

    private static final int MAX = 64 * 1024 * 1024;

    @Test
    @Timeout(60)
    void aFrameThatDripsIsNotCopiedAgainAtEveryRead() throws IOException {
        FrameReader reader = new FrameReader(new Framing.UntilClose().newDecoder(MAX));
        InputStream fast = new Bytes(FrameReader.LARGE);
        while (reader.unfinished() < MAX / 8 * 7) {
            reader.read(fast);
        }
        InputStream slow = new Bytes(1);
        long begun = System.nanoTime();
        for (int i = 0; i < 20_000; i++) {
            assertThat(reader.read(slow)).isEqualTo(1);
        }
        // Each would take milliseconds if it copied.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }

    /** As many as asked for, or fewer. */
    private static final class Bytes extends InputStream {

        private final int most;

        Bytes(int most) {
            this.most = most;
        }

        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return Math.min(length, most);
        }
    }
}
