package dev.sluice.client.status;

import dev.sluice.client.ClientFailure;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a service said of itself at one moment, as it said it.
 *
 * @param nanos when that was, on a clock that only differences mean something on
 * @param listeners by name
 * @param spools by listener
 * @param reload what became of the last configuration; nothing if the service does not tell
 */
record Snapshot(long nanos, JsonNode listeners, JsonNode spools, JsonNode health, Optional<JsonNode> reload) {

    static Snapshot of(Management management) throws ClientFailure, InterruptedException {
        JsonNode listeners = management.get("listeners");
        return new Snapshot(
                System.nanoTime(),
                listeners,
                management.get("spools"),
                management.get("health"),
                management.find("reload"));
    }
}
