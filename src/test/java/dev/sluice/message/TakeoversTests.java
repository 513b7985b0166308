package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When it is said of two devices that they have one identity. */
final class TakeoversTests {

    private static final long SECOND = 1_000;

    private final Takeovers takeovers = new Takeovers();

    @Test
    void fiveAMinuteAreNotRestless() {
        for (long time = 0; time < 1_000 * SECOND; time += 12 * SECOND) {
            takeovers.add(time);
            assertThat(takeovers.areRestless(time)).isFalse();
        }
    }

    @Test
    void sixWithinAMinuteAreRestlessForAMinute() {
        for (int i = 0; i < 6; i++) {
            assertThat(takeovers.areRestless(i * 10 * SECOND)).isFalse();
            takeovers.add(i * 10 * SECOND);
        }
        assertThat(takeovers.areRestless(50 * SECOND)).isTrue();
        assertThat(takeovers.areRestless(110 * SECOND - 1)).isTrue();
        assertThat(takeovers.areRestless(110 * SECOND)).isFalse();
        takeovers.add(110 * SECOND);
        assertThat(takeovers.areRestless(110 * SECOND)).isFalse();
    }

    @Test
    void oneThatIsTakenBackDoesNotCount() {
        for (int i = 0; i < 100; i++) {
            takeovers.add(i);
            takeovers.takeBack();
        }
        for (int i = 0; i < 5; i++) {
            takeovers.add(200);
        }
        takeovers.takeBack();
        takeovers.add(201);
        assertThat(takeovers.areRestless(201)).isFalse();
        takeovers.add(202);
        assertThat(takeovers.areRestless(202)).isTrue();
    }

    @Test
    void itIsToldOnceUntilTheyAreRestlessAnew() {
        for (int i = 0; i < 6; i++) {
            takeovers.add(0);
        }
        assertThat(takeovers.tell()).isTrue();
        assertThat(takeovers.tell()).isFalse();
        takeovers.add(1);
        assertThat(takeovers.tell()).as("They are still restless").isFalse();
        for (int i = 0; i < 6; i++) {
            takeovers.add(100 * SECOND);
        }
        assertThat(takeovers.tell()).isTrue();
    }
}
