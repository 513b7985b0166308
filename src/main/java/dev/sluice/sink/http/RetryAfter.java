package dev.sluice.sink.http;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * For how long a server asks not to be called: in seconds, or until a date in any of the three forms that a recipient
 * has to understand (RFC 9110, 5.6.7 and 10.2.3).
 */
final class RetryAfter {

    /** A date may be a mistake, and a message has to be delivered some day. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private static final List<DateTimeFormatter> DATES = List.of(
            DateTimeFormatter.RFC_1123_DATE_TIME,
            new DateTimeFormatterBuilder()
                    .appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
                    .appendPattern(" HH:mm:ss 'GMT'")
                    .toFormatter(Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC));

    private RetryAfter() {}

    /**
     * Zero if it does not ask, or not in a way that can be understood; an hour at the most.
     *
     * @param now by our clock; the server's counts where it tells its own
     */
    static Duration pause(HttpHeaders headers, Instant now) {
        Duration asked = headers.firstValue("retry-after")
                .map(String::strip)
                .flatMap(value -> value.chars().allMatch(c -> c >= '0' && c <= '9')
                        ? seconds(value)
                        : date(value)
                                .map(date -> Duration.between(
                                        headers.firstValue("date")
                                                .flatMap(RetryAfter::date)
                                                .orElse(now),
                                        date)))
                .orElse(Duration.ZERO);
        return asked.isNegative() ? Duration.ZERO : asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    }

    private static Optional<Duration> seconds(String digits) {
        // More of them are more than the longest.
        return digits.isEmpty()
                ? Optional.empty()
                : Optional.of(digits.length() > 9 ? LONGEST : Duration.ofSeconds(Long.parseLong(digits)));
    }

    private static Optional<Instant> date(String text) {
        for (DateTimeFormatter format : DATES) {
            try {
                return Optional.of(format.parse(text, ZonedDateTime::from).toInstant());
            } catch (DateTimeException _) {
                // It may have another form.
            }
        }
        return Optional.empty();
    }
}
