package dev.sluice.bench.server;

import java.nio.file.Path;
import java.util.List;

/**
 * The service as an operator starts it: its jar, with two listeners declared on the command line, one for each reply.
 *
 * @param directory for its data
 */
record SluiceServer(Path jar, Path directory) implements Server {

    @Override
    public String name() {
        return "sluice";
    }

    @Override
    public String description() {
        return jar.getFileName() + ", line framing, no sink";
    }

    @Override
    public boolean offers(Reply reply) {
        return true;
    }

    @Override
    public boolean counts() {
        return false;
    }

    @Override
    public List<String> command(Reply reply, int port) {
        return List.of(
                "-jar",
                jar.toString(),
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--sluice.listeners.echo.tcp.address=127.0.0.1",
                "--sluice.listeners.echo.tcp.port=" + (reply == Reply.ECHO ? port : 0),
                "--sluice.listeners.echo.framing.type=line",
                "--sluice.listeners.echo.reply.type=echo",
                "--sluice.listeners.sink.tcp.address=127.0.0.1",
                "--sluice.listeners.sink.tcp.port=" + (reply == Reply.NONE ? port : 0),
                "--sluice.listeners.sink.framing.type=line",
                "--sluice.listeners.sink.reply.type=none");
    }
}
