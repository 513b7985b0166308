package dev.sluice.bench.study;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.bench.Options;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.Load;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What it costs to trace one message in a hundred, beside none. */
final class TracesStudy implements Study {

    private static final Load LOAD = Load.named("echo-16");

    @Override
    public String name() {
        return "traces";
    }

    @Override
    public List<Table> run(Options options, long deadline) throws IOException {
        var taken = new AtomicLong();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            taken.addAndGet(count(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            String endpoint = "http://127.0.0.1:%d/v1/traces"
                    .formatted(collector.getAddress().getPort());
            var contrast = new Contrast(
                    this,
                    "traces",
                    List.of(
                            "--management.opentelemetry.tracing.export.otlp.endpoint=" + endpoint,
                            "--management.tracing.sampling.probability=0.01"),
                    List.of(),
                    List.of("on: one message in a hundred, to a collector that forgets them"));
            Table table = contrast.measure(LOAD, options, deadline);
            System.out.printf("%-12s %,d spans came%n", name(), taken.get());
            return List.of(table);
        } finally {
            collector.stop(0);
        }
    }

    /** How many spans are in it: each has its name once. */
    private static int count(byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1).split("receive ", -1).length - 1;
    }
}
