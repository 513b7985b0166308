package dev.sluice.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** What programs on the load side do at the behest of the benchmark. */
final class Orders {

    private Orders() {}

    interface Order {
        LoadResult carryOut(List<String> words) throws IOException;
    }

    /** Answers each line of standard input with a {@link LoadResult} on one line of JSON, until the end of input. */
    static void answer(Order order) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        var json = new JsonMapper();
        var orders = new BufferedReader(new InputStreamReader(System.in));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            answers.println(json.writeValueAsString(carryOut(order, List.of(line.split(" ")))));
        }
    }

    static InetSocketAddress server(String port) {
        return new InetSocketAddress("127.0.0.1", Integer.parseInt(port));
    }

    private static LoadResult carryOut(Order order, List<String> words) {
        try {
            return order.carryOut(words);
        } catch (IOException e) {
            return LoadResult.failed(String.valueOf(e.getMessage()));
        }
    }
}
