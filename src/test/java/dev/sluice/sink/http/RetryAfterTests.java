package dev.sluice.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryAfterTests {

    private static final Instant NOW = Instant.parse("1994-11-06T08:49:07Z");

    private static Duration pause(Map<String, List<String>> headers) {
        return RetryAfter.pause(HttpHeaders.of(headers, (_, _) -> true), NOW);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "120                                 | 120",
                "0                                   | 0",
                "3601                                | 3600",
                "99999999999999999999999             | 3600",
                "Sun, 06 Nov 1994 08:49:37 GMT       | 30",
                "Sunday, 06-Nov-94 08:49:37 GMT      | 30",
                "Sun Nov  6 08:49:37 1994            | 30",
                "Sun, 06 Nov 1994 08:49:00 GMT       | 0",
                "Fri, 31 Dec 9999 23:59:59 GMT       | 3600",
                "-5                                  | 0",
                "1.5                                 | 0",
                "soon                                | 0",
                "''                                  | 0",
            })
    void isInSecondsOrADateAndAnHourAtTheMost(String value, long seconds) {
        assertThat(pause(Map.of("Retry-After", List.of(value)))).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void aDateIsByTheClockOfTheServer() {
        assertThat(pause(Map.of(
                        "Retry-After", List.of("Sun, 06 Nov 1994 10:00:37 GMT"),
                        "Date", List.of("Sun, 06 Nov 1994 10:00:00 GMT"))))
                .isEqualTo(Duration.ofSeconds(37));
    }

    @Test
    void aServerThatDoesNotAskIsNotWaitedFor() {
        assertThat(pause(Map.of())).isZero();
    }
}
