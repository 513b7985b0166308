package dev.sluice.bench.flow;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;

/** Lines on plain connections. Answers are read, and must be as many bytes as were sent. */
final class SocketSender implements Sender {

    private static final int READ_MILLIS = 30_000;

    private final List<Socket> sockets = new ArrayList<>();
    private final List<CompletableFuture<Long>> answers = new ArrayList<>();
    private final long[] sent = new long[STREAMS];

    SocketSender(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        for (int i = 0; i < STREAMS; i++) {
            var socket = new Socket(
                    InetAddress.ofLiteral(address.substring(0, colon)), Integer.parseInt(address.substring(colon + 1)));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_MILLIS);
            sockets.add(socket);
            answers.add(CompletableFuture.supplyAsync(() -> read(socket), Executors.newVirtualThreadPerTaskExecutor()));
        }
    }

    private static long read(Socket socket) {
        try {
            return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void send(int stream, byte[] line) throws IOException {
        sockets.get(stream).getOutputStream().write(line);
        sent[stream] += line.length;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.shutdownOutput();
        }
        for (int i = 0; i < STREAMS; i++) {
            try (Socket _ = sockets.get(i)) {
                long answered = answers.get(i).join();
                if (answered != sent[i]) {
                    throw new IOException("%d bytes were sent, %d came back".formatted(sent[i], answered));
                }
            } catch (CompletionException e) {
                throw new IOException("Not all was answered", e.getCause());
            }
        }
    }
}
