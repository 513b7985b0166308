package dev.sluice.bench;

import dev.sluice.bench.profile.FlightRecording;
import dev.sluice.bench.server.Server;
import dev.sluice.bench.server.Task;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running server that accepts connections. */
public final class ServerProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration COUNT = Duration.ofSeconds(10);

    private final Server server;
    private final int port;
    private final ChildProcess process;
    private final @Nullable FlightRecording recording;
    private Duration cpuBeforeProfile = Duration.ZERO;
    private long accountedFor;

    ServerProcess(Server server, Task task, Options options, Path log) throws IOException {
        this(
                server,
                task,
                options.jvm(),
                List.of(),
                log,
                options.profile() && server.isJava() ? options.output().resolve("profile") : null);
    }

    /**
     * @param jvm flags, if it is a Java program
     * @param more arguments that follow the server's own
     */
    public ServerProcess(Server server, Task task, List<String> jvm, List<String> more, Path log) throws IOException {
        this(server, task, jvm, more, log, null);
    }

    private ServerProcess(
            Server server, Task task, List<String> jvm, List<String> more, Path log, @Nullable Path profiles)
            throws IOException {
        this.server = server;
        this.port = Ports.free();
        var arguments = new ArrayList<String>();
        if (server.isJava()) {
            arguments.add(ChildProcess.java());
            arguments.addAll(jvm);
            if (profiles != null) {
                arguments.addAll(FlightRecording.FLAGS);
            }
        }
        arguments.addAll(server.command(task, port));
        arguments.addAll(more);
        this.process = new ChildProcess(arguments, log, server.counts());
        this.recording = profiles == null ? null : new FlightRecording(process.pid(), profiles);
        try {
            awaitAccepting(log);
        } catch (IOException e) {
            process.close();
            throw e;
        }
    }

    public Server server() {
        return server;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    Duration cpu() {
        return process.cpu();
    }

    /** Whether it is a Java program and its profile is wanted. */
    boolean isProfiled() {
        return recording != null;
    }

    /** Begins to record what it is doing, if that is wanted. */
    void beginProfile() throws IOException {
        if (recording != null) {
            recording.start();
            cpuBeforeProfile = cpu();
        }
    }

    /** Writes what was recorded. */
    void endProfile(String load) throws IOException {
        if (recording != null) {
            recording.finish(load + "-" + server.name(), cpu().minus(cpuBeforeProfile));
        }
    }

    /**
     * Fails if the server has not handled exactly so many lines since it was last asked. One that can't count is
     * believed.
     */
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
        while (!accepts(port)) {
            if (!process.isAlive()) {
                throw new IOException("did not start, see " + log);
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("accepts no connections after %d s, see %s".formatted(START.toSeconds(), log));
            }
            ChildProcess.pause();
        }
    }

    /** Waits until it accepts connections on these ports too. */
    public void awaitAccepting(List<Integer> more) throws IOException {
        long deadline = System.nanoTime() + START.toNanos();
        for (int one : more) {
            while (!accepts(one)) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("%s accepts no connections on port %d".formatted(server.name(), one));
                }
                ChildProcess.pause();
            }
        }
    }

    private static boolean accepts(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
            // Looking for a port that nobody listens on yet, a socket may by chance be given that very port, and
            // connects to itself.
            return socket.getLocalPort() != port;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
