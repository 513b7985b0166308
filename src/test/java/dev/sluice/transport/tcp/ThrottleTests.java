package dev.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.transport.Limits;
import dev.sluice.transport.Waits;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

final class ThrottleTests {

    @Test
    void holdsToWhateverLimitsCountNow() {
        Throttle throttle = new Throttle(limits(0, 0), new Waits(), () -> false);
        assertThat(throttle.isLimiting()).isFalse();
        assertThat(throttle.mostBytes()).isEqualTo(Integer.MAX_VALUE);

        throttle.limit(limits(2, 100));
        assertThat(throttle.isLimiting()).isTrue();
        assertThat(throttle.mostBytes()).isLessThanOrEqualTo(100);
        assertThat(throttle.tryTake()).isTrue();
        assertThat(throttle.tryTake()).isTrue();
        assertThat(throttle.tryTake()).isFalse();

        throttle.limit(limits(0, 0));
        assertThat(throttle.tryTake()).isTrue();
        assertThat(throttle.awaitBytes()).isZero();
    }

    private static Limits limits(int messages, int bytes) {
        return new Limits(1, 0, 0, messages, DataSize.ofBytes(bytes));
    }
}
