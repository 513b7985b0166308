package dev.sluice.bench.load;

import dev.sluice.bench.wire.CipherWarmUp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/**
 * The load program's process. Its argument names the load. It reads {@code PORT MILLIS} from standard input, answers with a {@link LoadResult}
 * on one line of JSON, and so on until the end of input. That it lives as long as the servers means that it is equally warm for all of them.
 */
public final class LoadProgram {

    private LoadProgram() {}

    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        Load load = Load.named(args[0]);
        if (load.task().tls()) {
            CipherWarmUp.run();
        }
        var json = new JsonMapper();
        var orders = new BufferedReader(new InputStreamReader(System.in));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            var server = new InetSocketAddress("127.0.0.1", Integer.parseInt(words[0]));
            answers.println(json.writeValueAsString(run(load, server, Duration.ofMillis(Long.parseLong(words[1])))));
        }
    }

    private static LoadResult run(Load load, InetSocketAddress server, Duration duration) {
        try {
            return load.run(server, duration);
        } catch (IOException e) {
            return LoadResult.failed(String.valueOf(e.getMessage()));
        }
    }
}
