package dev.sluice.bench.study;

import dev.sluice.bench.Options;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.Load;
import java.io.IOException;
import java.util.List;

/**
 * What it costs to be on guard: Sluice with every limit, list and time-out set, none of which the load reaches, beside
 * none of them.
 */
final class GuardsStudy implements Study {

    private static final List<Load> LOADS = List.of(Load.named("echo-16"), Load.named("one-way"));
    private static final String LISTENER = "--sluice.listeners.bench.";
    private static final List<String> ON = keys(
            "limits.max-connections=20000",
            "limits.max-connections-per-address=10000",
            "limits.connections-per-second=100000",
            "limits.messages-per-second=100000000",
            "limits.bytes-per-second=100GB",
            "timeouts.idle=5m",
            "timeouts.frame=30s",
            "timeouts.write=30s",
            "timeouts.session=24h",
            "access.allow=127.0.0.0/8,10.0.0.0/8,192.168.0.0/16,::1",
            "access.deny=127.1.0.0/16,192.0.2.0/24,2001:db8::/32");
    private static final List<String> OFF =
            keys("timeouts.idle=0", "timeouts.frame=0", "timeouts.write=0", "timeouts.session=0");

    private static List<String> keys(String... settings) {
        return List.of(settings).stream().map(LISTENER::concat).toList();
    }

    @Override
    public String name() {
        return "guards";
    }

    @Override
    public List<Table> run(Options options, long deadline) throws IOException {
        var contrast = new Contrast(
                this,
                "guards",
                ON,
                OFF,
                List.of(
                        "on: " + String.join(", ", ON).replace(LISTENER, ""),
                        "off: " + String.join(", ", OFF).replace(LISTENER, "")));
        return List.of(
                contrast.measure(LOADS.get(0), options, deadline), contrast.measure(LOADS.get(1), options, deadline));
    }
}
