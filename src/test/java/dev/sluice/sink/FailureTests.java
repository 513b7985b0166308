package dev.sluice.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FailureTests {

    @Test
    void hasAReasonThoughNoneIsGiven() {
        assertThat(Failure.passing(" ").reason()).isEqualTo("no reason given");
        assertThat(Failure.of(new IllegalArgumentException("")).reason()).isEqualTo("no reason given");
    }

    @Test
    void tellsNoPassword() {
        assertThat(Failure.poison("amqp://me:secret@host is refused").reason())
                .doesNotContain("secret")
                .contains("host is refused");
    }
}
