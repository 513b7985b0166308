package dev.sluice.delivery;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells the threads of a delivery to end, in the middle of a pause too. */
final class StopSignal {

    private final CountDownLatch stopping = new CountDownLatch(1);

    void give() {
        stopping.countDown();
    }

    boolean given() {
        return stopping.getCount() == 0;
    }

    /** Returns whether it was cut short by the signal. */
    boolean pause(long millis) throws InterruptedException {
        return stopping.await(millis, TimeUnit.MILLISECONDS);
    }
}
