package dev.sluice.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class MemoryBudgetTests {

    private static final long LIMIT = 100_000;

    private final MemoryBudget budget = new MemoryBudget(LIMIT);
    private final List<Waiting> closed = new ArrayList<>();

    /** A holder that gives back what it has as soon as it is closed, as a connection does a little later. */
    private final class Waiting implements Holder {

        private final long since;
        private final boolean owed;
        private final Holding holding;

        Waiting(Duration age, boolean owed, long base) {
            this.since = age.isNegative() ? 0 : System.nanoTime() - age.toNanos();
            this.owed = owed;
            this.holding = budget.open(this, base);
        }

        @Override
        public long waitsSince() {
            return since;
        }

        @Override
        public boolean isOwed() {
            return owed;
        }

        @Override
        public void closeForMemory() {
            closed.add(this);
            holding.end();
        }
    }

    private Waiting owed(int seconds) {
        return new Waiting(Duration.ofSeconds(seconds), true, 0);
    }

    private Waiting busy() {
        return new Waiting(Duration.ofSeconds(-1), false, 0);
    }

    @Test
    void whatIsGivenBackIsThereForOthers() {
        Waiting one = busy();
        assertThat(one.holding.tryGrow(40_000)).isTrue();
        assertThat(budget.used()).isEqualTo(40_000);
        one.holding.shrink(30_000);
        assertThat(budget.used()).isEqualTo(10_000);
        one.holding.end();
        one.holding.end();
        assertThat(budget.used()).isZero();
    }

    @Test
    void theLargestAndOldestIsClosedFirst() {
        Waiting small = owed(20);
        Waiting largeAndOld = owed(20);
        Waiting largeAndNew = owed(1);
        assertThat(small.holding.tryGrow(10_000)).isTrue();
        assertThat(largeAndOld.holding.tryGrow(35_000)).isTrue();
        assertThat(largeAndNew.holding.tryGrow(35_000)).isTrue();
        assertThat(closed).isEmpty();
        assertThat(busy().holding.tryGrow(10_000)).isTrue();
        assertThat(closed).containsExactly(largeAndOld);
        assertThat(budget.used()).isEqualTo(55_000);
    }

    @Test
    void whoeverOwesNothingIsClosedAfterThoseThatDo() {
        Waiting idle = new Waiting(Duration.ofSeconds(60), false, 0);
        Waiting owing = owed(2);
        assertThat(idle.holding.tryGrow(40_000)).isTrue();
        assertThat(owing.holding.tryGrow(40_000)).isTrue();
        assertThat(busy().holding.tryGrow(10_000)).isTrue();
        assertThat(closed).containsExactly(owing);
    }

    @Test
    void whatAHolderHasAsLongAsItIsThereIsNoReasonToCloseIt() {
        Waiting quiet = new Waiting(Duration.ofSeconds(60), true, 60_000);
        Waiting other = owed(1);
        assertThat(other.holding.tryGrow(20_000)).isTrue();
        assertThat(busy().holding.tryGrow(10_000)).isTrue();
        assertThat(closed).containsExactly(other).doesNotContain(quiet);
    }

    @Test
    void whoeverWantsMoreThanThereIsIsClosedAfterAWait() {
        Waiting one = busy();
        Waiting another = busy();
        assertThat(one.holding.tryGrow(50_000)).isTrue();
        assertThat(another.holding.tryGrow(45_000)).isTrue();
        long begun = System.nanoTime();
        assertThat(busy().holding.tryGrow(10_000)).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(900));
        assertThat(closed).hasSize(1).doesNotContain(one, another);
        assertThat(budget.used()).isEqualTo(95_000);
    }

    @Test
    void whoeverWaitsGetsWhatOthersGiveBack() throws Exception {
        Waiting one = busy();
        assertThat(one.holding.tryGrow(50_000)).isTrue();
        Waiting another = busy();
        assertThat(another.holding.tryGrow(45_000)).isTrue();
        Waiting third = busy();
        CompletableFuture<Boolean> grown = CompletableFuture.supplyAsync(() -> third.holding.tryGrow(10_000));
        one.holding.shrink(50_000);
        assertThat(grown.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(closed).isEmpty();
    }

    @Test
    void nobodyGoesForTheSakeOfOneWhoWouldHaveMoreThanHalf() {
        Waiting other = owed(20);
        assertThat(other.holding.tryGrow(60_000 - 10_000)).isTrue();
        Waiting greedy = owed(0);
        assertThat(greedy.holding.tryGrow(50_001)).isFalse();
        assertThat(closed).containsExactly(greedy);
    }

    @Test
    void aBatchTakesMemoryInStepsAndGivesAllOfItBack() {
        Waiting one = busy();
        Gathering gathering = new Gathering(one.holding, 2);
        assertThat(gathering.tryAdd(1000)).isTrue();
        assertThat(budget.used()).isZero();
        for (int i = 0; i < 10; i++) {
            assertThat(gathering.tryAdd(1000)).isTrue();
        }
        assertThat(budget.used()).isBetween(18_000L, 46_000L);
        gathering.clear();
        assertThat(budget.used()).isZero();
    }

    @Test
    void messagesThatWaitLeaveHalfToOthers() {
        Waiting first = busy();
        Waiting second = busy();
        assertThat(first.holding.tryGather(30_000)).isTrue();
        assertThat(second.holding.tryGather(20_000)).isTrue();
        assertThat(busy().holding.tryGather(1000)).isFalse();
        assertThat(busy().holding.tryGrow(30_000)).isTrue();
        second.holding.end();
        assertThat(first.holding.tryGather(19_000)).isTrue();
        first.holding.shrinkGathered(49_000);
        assertThat(busy().holding.tryGather(50_000)).isTrue();
    }

    @Test
    void messagesThatWaitAreTakenWhereOthersHoldThreeQuarters() {
        assertThat(owed(1).holding.tryGrow(45_000)).isTrue();
        assertThat(owed(1).holding.tryGrow(40_000)).isTrue();
        Gathering gathering = new Gathering(busy().holding, 2);
        assertThat(gathering.tryAdd(5000)).isTrue();
        gathering.clear();
        assertThat(closed).hasSize(1);
    }

    @Test
    void moreAndMoreThreadsNeverHoldMoreThanTheLimit() throws Exception {
        List<Thread> threads = new ArrayList<>();
        MemoryBudget shared = new MemoryBudget(LIMIT);
        List<CompletableFuture<Boolean>> within = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            CompletableFuture<Boolean> kept = new CompletableFuture<>();
            within.add(kept);
            threads.add(Thread.ofVirtual().start(() -> {
                Holding holding = shared.aside();
                boolean right = true;
                for (int round = 0; round < 200; round++) {
                    if (holding.tryGrow(5000)) {
                        Thread.yield();
                        holding.shrink(5000);
                    }
                    // Whoever is refused has added his for a moment.
                    right &= shared.used() <= LIMIT + 50 * 5000;
                }
                kept.complete(right);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(within).allMatch(CompletableFuture::join);
        assertThat(shared.used()).isZero();
    }
}
