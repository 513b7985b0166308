package dev.sluice.bench.load;

import dev.sluice.bench.server.Framing;
import dev.sluice.bench.server.Reply;
import dev.sluice.bench.server.Server;
import dev.sluice.bench.server.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * One-way loads of all sizes and numbers of connections, {@code lines-256-16} and the like, to see how cost grows: of
 * Sluice and its baseline only.
 */
final class Grid {

    private static final List<String> SERVERS = List.of(Server.BASELINE, Server.SLUICE);

    private Grid() {}

    /** Without those that are there for every server. */
    static List<Load> loads(List<Load> others) {
        var cells = new ArrayList<Load>();
        for (Framing framing : List.of(Framing.LINE, Framing.LENGTH)) {
            String prefix = framing == Framing.LINE ? "lines" : "length";
            for (int bytes : new int[] {64, 256, 4096}) {
                for (int connections : new int[] {1, 16, 1000}) {
                    var cell = new OneWayLoad(
                            "%s-%d-%d".formatted(prefix, bytes, connections),
                            connections,
                            new Task(Reply.NONE, framing, bytes, false),
                            SERVERS);
                    if (others.stream().noneMatch(cell::isLike)) {
                        cells.add(cell);
                    }
                }
            }
        }
        return cells;
    }
}
