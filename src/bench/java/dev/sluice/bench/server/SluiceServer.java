package dev.sluice.bench.server;

import dev.sluice.bench.wire.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The service as an operator starts it: its jar, with a listener declared on the command line.
 *
 * @param directory of the benchmark, in which its data have one of their own
 */
record SluiceServer(String name, Path jar, Path directory) implements Server {

    @Override
    public String description() {
        return jar.getFileName().toString();
    }

    @Override
    public boolean offers(Task task) {
        return true;
    }

    @Override
    public boolean counts() {
        return false;
    }

    /** A login and a heartbeat are looked for first, as of real trackers. */
    private static List<String> tracker() {
        String listener = "--sluice.listeners.bench.";
        return List.of(
                listener + "framing.frames[0]=7878 ({length:u8-2} {*}) {checksum} 0D0A",
                listener + "framing.checksum=crc-16/x-25",
                listener + "rules[0].match.hex=7878 .. 01 {imei:bcd15} {*} {serial:2} {:4}",
                listener + "rules[0].identify={imei}",
                listener + "rules[1].match.hex=7878 .. {type:1=13|23} {*} {serial:2} {:4}",
                listener + "rules[2].match.hex=7878 .. {type:1} {content:54} {serial:2} {:4}",
                listener + "rules[2].reply.hex=7878 {length} {type} {content} {serial} {checksum} 0D0A");
    }

    @Override
    public List<String> command(Task task, int port) throws IOException {
        Path data = directory.resolve(name + "-data");
        Reply reply = task.reply();
        var command = new ArrayList<String>(List.of(
                "-jar",
                jar.toString(),
                "--spring.config.location=classpath:application.yml",
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--sluice.data-directory=" + data,
                "--sluice.listeners.bench.tcp.address=127.0.0.1",
                "--sluice.listeners.bench.tcp.port=" + port,
                "--sluice.listeners.bench.reply.type="
                        + (reply == Reply.ECHO || reply == Reply.ECHO_DURABLE ? "echo" : "none")));
        command.addAll(
                switch (task.framing()) {
                    case LINE -> List.of("--sluice.listeners.bench.framing.type=line");
                    case LENGTH -> List.of("--sluice.listeners.bench.framing.type=length-prefixed");
                    case TRACKER -> tracker();
                });
        if (reply == Reply.ECHO_DURABLE || reply == Reply.DURABLE || reply == Reply.FILE) {
            command.add("--sluice.listeners.bench.sinks=lines");
            command.add("--sluice.listeners.bench.delivery.mode=" + (reply == Reply.FILE ? "direct" : "durable"));
            command.add("--sluice.sinks.lines.file.path=" + data.resolve("lines.log"));
        }
        if (task.tls()) {
            Tls tls = Server.tls(directory);
            command.add("--sluice.listeners.bench.tcp.tls.bundle=bench");
            command.add("--spring.ssl.bundle.pem.bench.keystore.certificate=" + tls.certificate());
            command.add("--spring.ssl.bundle.pem.bench.keystore.private-key=" + tls.privateKey());
        }
        return command;
    }
}
