package dev.sluice.sink.jdbc;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions that end within a bounded time, whatever pool, driver and network do.
 *
 * <p>Each runs on a virtual thread of its own. The database is asked to end a statement in time; where that does not
 * help, the thread is interrupted, which closes the socket that it reads from, and left to itself. Whether what it sent
 * was committed is unknown then.
 */
final class Transactions implements AutoCloseable {

    private final TransactionTemplate template;
    private final Duration patience;
    private final ExecutorService threads;

    /**
     * @param timeout for getting a connection, and as much again for the transaction
     */
    Transactions(JdbcTransactionManager manager, Duration timeout, String sink) {
        template = new TransactionTemplate(manager);
        patience = timeout.multipliedBy(2);
        threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("jdbc-sink-" + sink + "-", 0).factory());
    }

    /**
     * @throws RuntimeException the statement's, translated by Spring, or saying that it did not end in time
     */
    void run(Runnable statement) throws InterruptedException {
        Future<?> done = threads.submit(() -> template.executeWithoutResult(status -> statement.run()));
        try {
            done.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new QueryTimeoutException("no answer within " + patience.toMillis() + "ms");
        } catch (ExecutionException ex) {
            throw ex.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(String.valueOf(ex.getCause()), ex);
        } finally {
            done.cancel(true);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
