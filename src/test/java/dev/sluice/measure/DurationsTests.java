package dev.sluice.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class DurationsTests {

    private final Durations durations = new Durations();

    @Test
    void aDurationLiesInTheFirstBucketThatHoldsIt() {
        durations.add(100_000);
        durations.add(100_001);
        durations.add(TimeUnit.SECONDS.toNanos(11), 3);

        assertThat(durations.counts()).startsWith(1, 1, 0).endsWith(0, 3);
        assertThat(durations.counts()).hasSameSizeAs(Durations.bounds());
        assertThat(durations.count()).isEqualTo(5);
        assertThat(durations.total(TimeUnit.MILLISECONDS)).isEqualTo(33_000.200001);
    }

    @Test
    void boundsAreSecondsAndGrow() {
        assertThat(Durations.bounds())
                .isSorted()
                .doesNotHaveDuplicates()
                .startsWith(0.0001)
                .endsWith(10, Double.POSITIVE_INFINITY);
    }

    @Test
    void nothingIsLostWhileManyAdd() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(
                    Thread.startVirtualThread(() -> LongStream.range(0, 10_000).forEach(durations::add)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(durations.count()).isEqualTo(80_000);
    }
}
