package dev.sluice.replicas;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The line between one replica and the broker. While it is cut nothing gets through, and nobody is told. */
final class Relay implements AutoCloseable {

    private final ServerSocket server;
    private final int target;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition mended = lock.newCondition();
    private boolean cut;

    Relay(int port, int target) throws IOException {
        this.server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        this.target = target;
        Thread.startVirtualThread(this::accept);
    }

    void cut(boolean now) {
        lock.lock();
        try {
            cut = now;
            mended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                Thread.startVirtualThread(() -> connect(near));
            } catch (IOException ex) {
                // Closed.
            }
        }
    }

    private void connect(Socket near) {
        try {
            pass();
            Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            Thread.startVirtualThread(() -> copy(near, far));
            copy(far, near);
        } catch (IOException | InterruptedException ex) {
            close(near);
        }
    }

    private void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] some = new byte[65_536];
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                pass();
                out.write(some, 0, count);
            }
        } catch (IOException | InterruptedException ex) {
            // One of them has ended, and so does the other.
        }
    }

    private void pass() throws InterruptedException {
        lock.lock();
        try {
            while (cut) {
                mended.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException ex) {
            // It is of no use any more.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
