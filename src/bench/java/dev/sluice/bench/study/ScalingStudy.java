package dev.sluice.bench.study;

import dev.sluice.bench.LoadProcess;
import dev.sluice.bench.Options;
import dev.sluice.bench.Ports;
import dev.sluice.bench.ServerProcess;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.EchoProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What becomes of throughput and latency as there are more connections, beside an earlier jar if there is one, and as
 * there are more listeners.
 */
final class ScalingStudy implements Study {

    private static final List<Integer> CONNECTIONS = List.of(1, 10, 64, 1_000, 10_000);
    private static final List<Integer> LISTENERS = List.of(1, 10, 50, 200);
    /** Spread over the listeners. */
    private static final int CONNECTIONS_OF_ALL_LISTENERS = 200;

    private static final int MOST_ROUNDS = 3;

    @Override
    public String name() {
        return "scaling";
    }

    @Override
    public List<Table> run(Options options, long deadline) throws IOException {
        return List.of(connections(options, deadline), listeners(options, deadline));
    }

    private Table connections(Options options, long deadline) throws IOException {
        var growth = new Growth("connections");
        var log = log(options, "load");
        List<ServerProcess> servers = new ArrayList<>();
        try {
            servers.add(start(options, EchoServers.NETTY, List.of(), "netty"));
            if (options.before() != null) {
                servers.add(start(options, EchoServers.BEFORE, List.of(EchoServers.ROOM), "before"));
            }
            servers.add(start(options, EchoServers.SLUICE, List.of(EchoServers.ROOM), "sluice"));
            for (int count : CONNECTIONS) {
                if (Study.isOver(deadline)) {
                    growth.note("%,d connections: left out, the time was over", count);
                    continue;
                }
                try (var load = new LoadProcess(EchoProgram.class, List.of(String.valueOf(count)), log)) {
                    measure(growth, count, servers, load, options);
                } catch (IOException e) {
                    growth.note("%,d connections failed: %s", count, e.getMessage());
                }
            }
        } catch (IOException e) {
            growth.note("broken off: %s", e.getMessage());
        } finally {
            servers.forEach(ServerProcess::close);
        }
        return growth.tell(options.output());
    }

    private static void measure(
            Growth growth, int count, List<ServerProcess> servers, LoadProcess load, Options options)
            throws IOException {
        for (ServerProcess server : servers) {
            // The load program, too, is a new one.
            load.run(server.port(), count == CONNECTIONS.getFirst() ? options.warmUp() : options.measured());
        }
        for (int round = 0; round < rounds(options); round++) {
            for (ServerProcess server : servers) {
                growth.add(server.server().name(), count, load.run(server.port(), options.measured()));
            }
        }
    }

    private Table listeners(Options options, long deadline) throws IOException {
        var growth = new Growth("listeners");
        growth.note("%d connections in all, spread over the listeners", CONNECTIONS_OF_ALL_LISTENERS);
        var running = new LinkedHashMap<Integer, ServerProcess>();
        var ports = new LinkedHashMap<Integer, String>();
        List<String> arguments = List.of(String.valueOf(CONNECTIONS_OF_ALL_LISTENERS));
        try (var load = new LoadProcess(EchoProgram.class, arguments, log(options, "load"))) {
            for (int count : LISTENERS) {
                List<Integer> more = Ports.free(count - 1);
                ServerProcess server = start(options, EchoServers.SLUICE, declared(more), "sluice-" + count);
                running.put(count, server);
                server.awaitAccepting(more);
                ports.put(
                        count,
                        Stream.concat(Stream.of(server.port()), more.stream())
                                .map(String::valueOf)
                                .collect(Collectors.joining(",")));
                load.order(ports.get(count), options.warmUp());
            }
            for (int round = 0; round < rounds(options); round++) {
                if (Study.isOver(deadline)) {
                    growth.note("%d rounds and no more, since the time was over", round);
                    break;
                }
                for (Map.Entry<Integer, String> one : ports.entrySet()) {
                    growth.add(EchoServers.SLUICE, one.getKey(), load.order(one.getValue(), options.measured()));
                }
            }
        } catch (IOException e) {
            growth.note("broken off: %s", e.getMessage());
        } finally {
            running.values().forEach(ServerProcess::close);
        }
        return growth.tell(options.output());
    }

    private static List<String> declared(List<Integer> ports) {
        return IntStream.range(0, ports.size())
                .boxed()
                .flatMap(i -> Stream.of(
                                "tcp.address=127.0.0.1",
                                "tcp.port=" + ports.get(i),
                                "framing.type=line",
                                "reply.type=echo")
                        .map(setting -> "--sluice.listeners.more-%d.%s".formatted(i, setting)))
                .toList();
    }

    private ServerProcess start(Options options, String server, List<String> more, String title) throws IOException {
        return EchoServers.start(options, server, options.jvm(), more, log(options, title));
    }

    private static int rounds(Options options) {
        return Math.min(MOST_ROUNDS, options.rounds());
    }
}
