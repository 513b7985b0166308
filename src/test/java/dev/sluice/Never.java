package dev.sluice;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.integration.annotation.ServiceActivator;

/** The bean {@code never} of a service: it answers nobody. */
public class Never {

    private final CountDownLatch begun = new CountDownLatch(1);

    @ServiceActivator
    public byte[] reply(byte[] payload) throws InterruptedException {
        begun.countDown();
        new CountDownLatch(1).await();
        return payload;
    }

    /** Waits until somebody has asked it. Returns whether somebody has. */
    public boolean awaitBegun() throws InterruptedException {
        return begun.await(20, TimeUnit.SECONDS);
    }
}
