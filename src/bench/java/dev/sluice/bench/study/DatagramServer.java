package dev.sluice.bench.study;

import dev.sluice.bench.ChildProcess;
import dev.sluice.bench.Options;
import dev.sluice.bench.Ports;
import dev.sluice.bench.load.DatagramProgram;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A running server that appends every datagram that it gets, and a line feed, to a file. */
final class DatagramServer implements AutoCloseable {

    static final Path RSYSLOG = Path.of("/usr/sbin/rsyslogd");

    private static final long START_SECONDS = 120;
    private static final long SETTLE_SECONDS = 60;
    private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration LOOK = Duration.ofMillis(100);

    private final String name;
    private final int port;
    private final Path file;
    private final ChildProcess process;

    private DatagramServer(String name, int port, Path file, List<String> command, Path log) throws IOException {
        this.name = name;
        this.port = port;
        this.file = file;
        Files.deleteIfExists(file);
        this.process = new ChildProcess(command, log, false);
        try {
            awaitReceiving(log);
        } catch (IOException e) {
            process.close();
            throw e;
        }
    }

    /** @param more settings of the listener's {@code udp} */
    static DatagramServer sluice(String name, Options options, Path log, String... more) throws IOException {
        Path directory = directory(options, name);
        int port = Ports.free();
        var command = new ArrayList<String>(List.of(ChildProcess.java()));
        command.addAll(options.jvm());
        command.addAll(List.of(
                "-jar",
                options.jar().toString(),
                "--spring.config.location=classpath:application.yml",
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--sluice.data-directory=" + directory,
                "--sluice.listeners.bench.udp.address=127.0.0.1",
                "--sluice.listeners.bench.udp.port=" + port,
                "--sluice.listeners.bench.reply.type=none",
                "--sluice.listeners.bench.sinks=lines",
                "--sluice.listeners.bench.delivery.mode=direct",
                "--sluice.sinks.lines.file.path=" + directory.resolve("lines.log")));
        for (String setting : more) {
            command.add("--sluice.listeners.bench.udp." + setting);
        }
        return new DatagramServer(name, port, directory.resolve("lines.log"), command, log);
    }

    /** @param more parameters of its {@code imudp} */
    static DatagramServer rsyslog(String name, Options options, Path log, String more) throws IOException {
        Path directory = directory(options, name);
        int port = Ports.free();
        Path configuration = Files.writeString(directory.resolve("rsyslog.conf"), """
            global(workDirectory="%1$s")
            module(load="imudp")
            template(name="line" type="string" string="%%rawmsg%%\\n")
            ruleset(name="all") {
              action(type="omfile" file="%1$s/lines.log" template="line")
            }
            input(type="imudp" address="127.0.0.1" port="%2$d" ruleset="all" %3$s)
            """.formatted(directory, port, more));
        Path pid = directory.resolve("pid");
        Files.deleteIfExists(pid);
        var command = List.of(RSYSLOG.toString(), "-n", "-i", pid.toString(), "-f", configuration.toString());
        return new DatagramServer(name, port, directory.resolve("lines.log"), command, log);
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** How many datagrams have come through, when no more do; the file is empty thereafter. */
    long take() throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(SETTLE_SECONDS).toNanos();
        long size = size();
        long since = System.nanoTime();
        while (System.nanoTime() - since < QUIET_NANOS) {
            if (System.nanoTime() > deadline) {
                throw new IOException("%s still writes %d s after the last datagram".formatted(name, SETTLE_SECONDS));
            }
            Pause.of(LOOK);
            if (size() != size) {
                size = size();
                since = System.nanoTime();
            }
        }
        // Both append wherever the end is.
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                .close();
        return size / (DatagramProgram.LENGTH + 1);
    }

    private void awaitReceiving(Path log) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(START_SECONDS).toNanos();
        try (var socket = new DatagramSocket()) {
            var probe = new DatagramPacket(new byte[] {'?'}, 1, new InetSocketAddress("127.0.0.1", port));
            while (size() == 0) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("%s receives nothing, see %s".formatted(name, log));
                }
                socket.send(probe);
                Pause.of(LOOK);
            }
        }
        take();
    }

    private long size() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static Path directory(Options options, String name) throws IOException {
        return Files.createDirectories(options.output().resolve("udp-data").resolve(name.replaceAll("\\W+", "-")));
    }

    @Override
    public void close() {
        process.close();
    }
}
