package dev.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateTests {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    /** The clock may be anywhere, and pass the largest number. */
    private static final long[] CLOCKS = {0, -5 * SECOND, Long.MAX_VALUE - 5 * SECOND};

    @Test
    void aSecondsWorthMayBeHadAtOnceAndNotMore() {
        Rate rate = new Rate(100);
        for (long now : CLOCKS) {
            assertThat(rate.available(now, now)).isEqualTo(100);
            long paidUntil = rate.pay(100, now, now);
            assertThat(rate.available(paidUntil, now)).isZero();
            assertThat(rate.available(paidUntil, now + SECOND / 2)).isEqualTo(50);
            assertThat(rate.available(paidUntil, now + 9 * SECOND)).isEqualTo(100);
        }
    }

    @Test
    void whatIsWaitedForIsThereAfterwards() {
        for (long perSecond : new long[] {1, 3, 7, 100, 9_999, 1_000_003}) {
            Rate rate = new Rate(perSecond);
            long paidUntil = rate.pay(perSecond, 0, 0);
            for (long amount : new long[] {1, (perSecond + 1) / 2, perSecond}) {
                long wait = rate.nanosUntil(amount, paidUntil, 0);
                assertThat(wait).isBetween(1L, SECOND);
                assertThat(rate.available(paidUntil, wait)).isGreaterThanOrEqualTo(amount);
            }
        }
    }

    @Test
    void moreThanASecondsWorthMayBeHadAsADebt() {
        Rate rate = new Rate(10);
        assertThat(rate.nanosUntil(50, 0, 0)).isZero();
        long paidUntil = rate.pay(50, 0, 0);
        assertThat(rate.available(paidUntil, 4 * SECOND)).isZero();
        assertThat(rate.nanosUntil(1, paidUntil, 4 * SECOND)).isEqualTo(SECOND / 10);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 100, 10_000, 1_000_000, Long.MAX_VALUE})
    void holdsWithinFivePercentOverHalfAMinuteForWhoeverTakesAllThatThereIs(long perSecond) {
        Rate rate = new Rate(perSecond);
        for (long start : CLOCKS) {
            long had = 0;
            long paidUntil = start;
            for (long now = start; now - start < 30 * SECOND; now += SECOND / 1000) {
                long amount = rate.available(paidUntil, now);
                paidUntil = rate.pay(amount, paidUntil, now);
                had += amount;
            }
            assertThat((double) had / rate.perSecond() / 30).isBetween(0.95, 1.05);
        }
    }
}
