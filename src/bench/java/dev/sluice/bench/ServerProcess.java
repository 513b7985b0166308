package dev.sluice.bench;

import dev.sluice.bench.profile.FlightRecording;
import dev.sluice.bench.server.Server;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;

/** A running server that accepts connections. */
final class ServerProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration COUNT = Duration.ofSeconds(10);

    private final Server server;
    private final int port;
    private final ChildProcess process;
    private final boolean profiled;
    private final FlightRecording recording;
    private Duration cpuBeforeProfile = Duration.ZERO;
    private long accountedFor;

    ServerProcess(Server server, Task task, Options options, Path log) throws IOException {
        this.server = server;
        this.port = freePort();
        var arguments = new ArrayList<String>();
        if (server.isJava()) {
            arguments.add(ChildProcess.java());
            arguments.addAll(options.jvm());
            if (options.profile()) {
                arguments.addAll(FlightRecording.FLAGS);
            }
        }
        arguments.addAll(server.command(task, port));
        this.process = new ChildProcess(arguments, log, server.counts());
        this.profiled = options.profile() && server.isJava();
        this.recording = new FlightRecording(process.pid(), options.output().resolve("profile"));
        try {
            awaitAccepting(log);
        } catch (IOException e) {
            process.close();
            throw e;
        }
    }

    Server server() {
        return server;
    }

    int port() {
        return port;
    }

    Duration cpu() {
        return process.cpu();
    }

    /** Begins to record what a Java program is doing, if that is wanted. */
    void beginProfile() throws IOException {
        if (profiled) {
            recording.start();
            cpuBeforeProfile = cpu();
        }
    }

    /** Writes what was recorded. */
    void endProfile(String load) throws IOException {
        if (profiled) {
            recording.finish(load + "-" + server.name(), cpu().minus(cpuBeforeProfile));
        }
    }

    /** Fails if the server has not handled exactly so many lines since it was last asked. One that can't count is believed. */
    void account(long lines) throws IOException {
        if (!server.counts()) {
            return;
        }
        long deadline = System.nanoTime() + COUNT.toNanos();
        long handled = handled();
        while (handled < lines && System.nanoTime() < deadline) {
            ChildProcess.pause();
            handled = handled();
        }
        accountedFor += handled;
        if (handled != lines) {
            throw new IOException("%d lines were sent, %d handled".formatted(lines, handled));
        }
    }

    private long handled() throws IOException {
        return Long.parseLong(process.ask("", COUNT)) - accountedFor;
    }

    private void awaitAccepting(Path log) throws IOException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!accepts()) {
            if (!process.isAlive()) {
                throw new IOException("did not start, see " + log);
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("accepts no connections after %d s, see %s".formatted(START.toSeconds(), log));
            }
            ChildProcess.pause();
        }
    }

    private boolean accepts() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            // Looking for a port that nobody listens on yet, a socket may by chance be given that very port, and
            // connects to itself.
            return socket.getLocalPort() != port;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
