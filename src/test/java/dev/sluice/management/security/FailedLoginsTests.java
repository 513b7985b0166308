package dev.sluice.management.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FailedLoginsTests {

    private static final String SOURCE = "192.0.2.1";

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // wraps around soon, as it may
    private final FailedLogins logins = new FailedLogins(now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private long tryInVain(String source) {
        long wait = logins.begin(source);
        if (wait == 0) {
            logins.end(source, true);
        }
        return wait;
    }

    private void failForFree() {
        for (int i = 0; i < FailedLogins.FREE; i++) {
            assertThat(tryInVain(SOURCE)).isZero();
        }
    }

    @Test
    void afterSomeFailuresEachFurtherOneDoublesTheWait() {
        failForFree();
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            assertThat(logins.begin(SOURCE)).isBetween((long) seconds, seconds + 1L);
            pass(Duration.ofSeconds(seconds));
            assertThat(tryInVain(SOURCE)).isZero();
        }
    }

    @Test
    void othersDoNotWait() {
        failForFree();

        assertThat(logins.begin(SOURCE)).isPositive();
        assertThat(logins.begin("192.0.2.2")).isZero();
    }

    @Test
    void aLoginThatSucceedsBuysNoTries() {
        for (int i = 0; i < FailedLogins.FREE; i++) {
            assertThat(tryInVain(SOURCE)).isZero();
            if (i < FailedLogins.FREE - 1) {
                assertThat(logins.begin(SOURCE)).isZero();
                logins.end(SOURCE, false);
            }
        }

        assertThat(logins.begin(SOURCE)).isPositive();
    }

    @Test
    void tenQuietMinutesAreForgiven() {
        failForFree();
        pass(Duration.ofMinutes(11));

        failForFree();
        assertThat(logins.begin(SOURCE)).isPositive();
    }

    @Test
    void triesUnderWayCountAsIfTheyFailed() {
        for (int i = 0; i < FailedLogins.FREE; i++) {
            assertThat(logins.begin(SOURCE)).isZero();
        }
        assertThat(logins.begin(SOURCE)).isPositive();

        logins.end(SOURCE, false);
        assertThat(logins.begin(SOURCE)).isZero();
    }

    @Test
    void afterTheWaitOneTryIsLetInAtATime() {
        failForFree();
        pass(Duration.ofSeconds(1));

        assertThat(logins.begin(SOURCE)).isZero();
        assertThat(logins.begin(SOURCE)).isPositive();
    }

    @Test
    void nothingIsKeptOfLoginsThatSucceed() {
        assertThat(logins.begin(SOURCE)).isZero();
        logins.end(SOURCE, false);

        assertThat(logins.sources()).isZero();
    }

    @Test
    void howManySourcesAreKeptIsBounded() {
        for (int i = 0; i < 50_000; i++) {
            tryInVain("source " + i);
        }

        assertThat(logins.sources()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0:0:0:0:0:0:0:1, 0000000000000000",
        "2001:db8:0:1:2:3:4:5, 20010db800000001",
        "2001:db8:0:1:ffff:ffff:ffff:ffff, 20010db800000001",
        "unknown, unknown",
    })
    void anAddressOfVersion6CountsAsItsNetwork(String address, String source) {
        assertThat(Sources.of(address)).isEqualTo(source);
    }
}
