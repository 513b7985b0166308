package dev.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class WaitsTests {

    private final Waits waits = new Waits();

    /** Returns whether the wait was ended. */
    private static boolean waitForever() {
        try {
            new CountDownLatch(1).await();
            return false;
        } catch (InterruptedException ex) {
            return true;
        }
    }

    @Test
    void oneInProgressIsCutShort() throws InterruptedException {
        AtomicBoolean cut = new AtomicBoolean();
        AtomicBoolean interruptedAfterwards = new AtomicBoolean();
        Thread thread = Thread.ofVirtual().start(() -> {
            waits.enter();
            cut.set(waitForever());
            waits.leave();
            interruptedAfterwards.set(Thread.currentThread().isInterrupted());
        });
        await().until(() -> thread.getState() == Thread.State.WAITING);
        waits.cutShort();
        thread.join();
        assertThat(cut).isTrue();
        assertThat(interruptedAfterwards).isFalse();
    }

    @Test
    void thoseToComeAreCutShortToo() {
        waits.cutShort();
        for (int i = 0; i < 2; i++) {
            assertThat(Thread.currentThread().isInterrupted())
                    .as("interrupted outside")
                    .isFalse();
            waits.enter();
            assertThat(Thread.interrupted()).as("interrupted within").isTrue();
            waits.leave();
        }
    }

    @Test
    void anInterruptThatSomebodyElseHasLeftEndsNone() {
        Thread.currentThread().interrupt();
        waits.enter();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        waits.leave();
    }
}
