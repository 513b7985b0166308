package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.integration.ip.tcp.connection.TcpNetConnectionSupport;
import org.springframework.integration.ip.tcp.connection.TcpNetServerConnectionFactory;

/**
 * Spring Integration's accept loop over a socket that is bound before it starts. It and each connection have a virtual
 * thread. Closed connections leave its map at once, so that an accept need not look for them among all others.
 */
final class ServerConnectionFactory extends TcpNetServerConnectionFactory {

    private static final Duration START_UP = Duration.ofSeconds(30);

    private @Nullable ListeningSocket bound;
    private volatile CountDownLatch listening = new CountDownLatch(1);
    private volatile CountDownLatch ended = new CountDownLatch(0);

    ServerConnectionFactory(
            String listener, BeanFactory beans, ApplicationEventPublisher events, TcpNetConnectionSupport connections) {
        super(0);
        setBeanName(listener + ".connections");
        setBeanFactory(beans);
        setApplicationEventPublisher(events);
        setTcpNetConnectionSupport(connections);
        var threads = Thread.ofVirtual().name(listener + "-", 0).factory();
        setTaskExecutor(task -> startThread(threads.newThread(task), task));
        afterPropertiesSet();
    }

    /** What keeps one connection from starting must not end the loop that accepts others. */
    private static void startThread(Thread thread, Runnable task) {
        try {
            thread.start();
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            if (task instanceof FramedConnection connection) {
                connection.close(Reason.Closed.BROKEN);
            }
            throw new IllegalStateException("No thread could be started", ex);
        }
    }

    /** Hands over the socket that the next start accepts from. */
    void prepare(ListeningSocket socket) {
        this.bound = socket;
        this.listening = new CountDownLatch(1);
        this.ended = new CountDownLatch(1);
    }

    /** Starts, and returns when the accept loop runs: a stop before that would be lost on it. */
    @Override
    public void start() {
        super.start();
        try {
            if (!listening.await(START_UP.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("The accept loop did not start within " + START_UP);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the accept loop started", ex);
        }
    }

    @Override
    public void run() {
        try {
            super.run();
        } finally {
            ended.countDown();
        }
    }

    /** Waits until the accept loop has let go of its socket: until then the kernel still takes connections. */
    void awaitEnd(Duration timeout) throws InterruptedException {
        if (!ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            logger.warn(() -> this + " still accepts " + timeout + " after it was told to stop");
        }
    }

    void forget(FramedConnection connection) {
        connections.remove(connection.getConnectionId(), connection);
    }

    @Override
    protected ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress whichNic)
            throws IOException {
        if (bound == null) {
            throw new IOException("not bound");
        }
        return bound;
    }

    @Override
    protected void publishServerListeningEvent(int port) {
        listening.countDown();
    }

    /** Done by {@link ListeningSocket}, where a failure does not end the loop. */
    @Override
    protected void setSocketAttributes(Socket socket) {}

    @Override
    protected void harvestClosedConnections() {}
}
