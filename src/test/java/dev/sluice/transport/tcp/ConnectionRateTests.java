package dev.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionRateTests {

    /** Near where it overflows, as {@code System.nanoTime()} may be. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_500_000_000L);

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 100, 10_000})
    void aBurstIsASecondsWorth(int perSecond) {
        ConnectionRate rate = new ConnectionRate(now::get);

        assertThat(takenOf(rate, perSecond, 2 * perSecond)).isEqualTo(perSecond);
        now.addAndGet(500_000_000L);
        assertThat(takenOf(rate, perSecond, 2 * perSecond)).isEqualTo(perSecond / 2);
    }

    @Test
    void whatIsNotTakenIsNotSavedUp() {
        ConnectionRate rate = new ConnectionRate(now::get);

        now.addAndGet(3_600_000_000_000L);

        assertThat(takenOf(rate, 10, 100)).isEqualTo(10);
    }

    @Test
    void thoseThatComeTooSoonPutNobodyOff() {
        ConnectionRate rate = new ConnectionRate(now::get);
        takenOf(rate, 10, 1_000);
        int taken = 0;
        for (int millis = 0; millis < 10_000; millis++) {
            now.addAndGet(1_000_000L);
            taken += takenOf(rate, 10, 5);
        }

        assertThat(taken).isEqualTo(100);
    }

    @Test
    void threadsTakeNoMoreTogether() throws InterruptedException {
        ConnectionRate rate = new ConnectionRate(now::get);
        AtomicInteger taken = new AtomicInteger();
        Stream<Thread> threads = IntStream.range(0, 8)
                .mapToObj(i -> Thread.ofVirtual().start(() -> taken.addAndGet(takenOf(rate, 1_000, 500))));
        for (Thread thread : threads.toList()) {
            thread.join();
        }

        assertThat(taken.get()).isEqualTo(1_000);
    }

    private static int takenOf(ConnectionRate rate, int perSecond, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += rate.tryAcquire(perSecond) ? 1 : 0;
        }
        return taken;
    }
}
