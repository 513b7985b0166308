package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LogThrottleTests {

    private final LogThrottle throttle = new LogThrottle(Duration.ofHours(1));
    private final List<Long> lines = new ArrayList<>();

    @Test
    void theFirstLineIsWrittenAndOthersAreCounted() {
        throttle.write(lines::add);
        throttle.write(lines::add);
        throttle.write(3, lines::add);
        throttle.writeLeftOut(Duration.ofHours(1), lines::add);
        assertThat(lines).containsExactly(0L);

        throttle.writeLeftOut(Duration.ZERO, lines::add);
        throttle.writeLeftOut(Duration.ZERO, lines::add);
        assertThat(lines).containsExactly(0L, 4L);
    }

    @Test
    void aLineThatIsDueTellsHowManyWereLeftOut() {
        LogThrottle impatient = new LogThrottle(Duration.ZERO);
        impatient.write(lines::add);
        impatient.write(lines::add);

        assertThat(lines).containsExactly(0L, 0L);
    }
}
