package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The state machine in thousands of worlds, each of its own seed. */
final class SimulationTests {

    private static final int SEEDS = 10_000;
    private static final Set<Rule> ALL = EnumSet.allOf(Rule.class);

    @Test
    void whatIsPromisedIsKept() {
        assertKept(0, SEEDS);
    }

    @Test
    @Tag("long")
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void whatIsPromisedIsKeptAMillionTimes() {
        assertKept(SEEDS, 1_000_000);
    }

    private static void assertKept(long first, long last) {
        long claimedBehind = 0;
        for (long seed = first; seed < last; seed++) {
            Simulation world = new Simulation(seed, ALL);
            assertThat(world.run()).as("Seed %d", seed).isEmpty();
            claimedBehind += world.claimedBehind;
        }
        assertThat(claimedBehind)
                .as("Flights that were claimed with their commands")
                .isPositive();
    }

    /** A rule without which nothing is violated would be none. */
    @ParameterizedTest
    @EnumSource
    void eachRuleIsNeeded(Rule rule) {
        Set<Rule> others = EnumSet.complementOf(EnumSet.of(rule));
        // It takes a rare coincidence to need this one.
        long first = rule == Rule.CLOSE_FOREIGN ? 2_000 : 0;
        for (long seed = first; seed < first + SEEDS; seed++) {
            if (!new Simulation(seed, others).run().isEmpty()) {
                return;
            }
        }
        assertThat(rule).as("Nothing is violated without it").isNull();
    }
}
