package dev.sluice.transport.tcp;

import java.net.InetAddress;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up on a few platform threads, which end when there is nothing to do: the system's resolver blocks the
 * thread that asks for as long as it likes, and on a virtual thread all others would wait for the same carrier.
 */
final class NameLookup {

    private static final int MOST_THREADS = 8;
    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            MOST_THREADS,
            MOST_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("lookup-", 0).factory());

    NameLookup() {
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Asks for all addresses of a name. Whoever does not wait for them any more has to {@linkplain #cancel cancel} it.
     */
    Future<InetAddress[]> begin(String host) {
        FutureTask<InetAddress[]> task = new FutureTask<>(() -> InetAddress.getAllByName(host));
        threads.execute(task);
        return task;
    }

    /** Does not look it up any more if it is still to be. */
    void cancel(Future<InetAddress[]> lookup) {
        lookup.cancel(true);
        if (lookup instanceof Runnable task) {
            threads.remove(task);
        }
    }
}
