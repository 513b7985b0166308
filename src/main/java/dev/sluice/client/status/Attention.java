package dev.sluice.client.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What needs somebody's attention, a sentence each, the worst first. What an operator has done on purpose, as a pause,
 * is none of it.
 */
final class Attention {

    private static final double NEARLY_FULL = 0.8;

    private final List<String> found = new ArrayList<>();

    private Attention() {}

    static List<String> in(Snapshot snapshot) {
        Attention attention = new Attention();
        snapshot.listeners().properties().forEach(attention::listener);
        snapshot.spools().properties().forEach(attention::spool);
        snapshot.health().path("components").properties().forEach(attention::component);
        snapshot.spools().properties().forEach(attention::deadLetters);
        snapshot.reload().ifPresent(attention::reload);
        return attention.found;
    }

    private void listener(Map.Entry<String, JsonNode> listener) {
        if (text(listener.getValue(), "/state").equals("FAILED")) {
            found.add("listener %s: %s".formatted(listener.getKey(), text(listener.getValue(), "/failure")));
        }
        long away = listener.getValue().at("/devices/away").asLong(0);
        if (away > 0) {
            found.add("listener %s: %d of its devices %s away"
                    .formatted(listener.getKey(), away, away == 1 ? "is" : "are"));
        }
    }

    private void spool(Map.Entry<String, JsonNode> entry) {
        JsonNode spool = entry.getValue();
        double bytes = spool.at("/bytes").asDouble(0);
        double capacity = spool.at("/capacity").asDouble(0);
        if (isThere(spool, "/failure")) {
            found.add("spool %s: cannot be written: %s".formatted(entry.getKey(), text(spool, "/failure")));
        } else if (isThere(spool, "/heldSince")) {
            found.add("spool %s: full, and holds what comes since %s"
                    .formatted(entry.getKey(), text(spool, "/heldSince")));
        } else if (capacity > 0 && bytes / capacity >= NEARLY_FULL) {
            found.add("spool %s: %.0f %% full".formatted(entry.getKey(), 100 * bytes / capacity));
        }
    }

    private void component(Map.Entry<String, JsonNode> component) {
        String name = component.getKey();
        String status = text(component.getValue(), "/status");
        switch (name) {
            case "listeners", "spools", "readinessState", "livenessState" -> {} // told of in other words
            case "sinks" -> component.getValue().path("components").properties().forEach(this::sink);
            case "ssl" -> certificates(component.getValue(), status);
            default -> {
                if (!status.equals("UP") && !status.equals("UNKNOWN")) {
                    found.add("health: %s is %s".formatted(name, status));
                }
            }
        }
    }

    private void sink(Map.Entry<String, JsonNode> sink) {
        for (JsonNode failure : sink.getValue().at("/details/failures")) {
            found.add("sink %s, of listener %s: %s"
                    .formatted(sink.getKey(), text(failure, "/listener"), text(failure, "/reason")));
        }
    }

    private void certificates(JsonNode ssl, String status) {
        int ending = ssl.at("/details/expiringChains").size();
        if (!status.equals("UP")) {
            found.add("certificates: one has ended or is not valid yet");
        } else if (ending > 0) {
            found.add("certificates: %d will end soon".formatted(ending));
        }
    }

    private void deadLetters(Map.Entry<String, JsonNode> spool) {
        spool.getValue().path("sinks").properties().forEach(sink -> {
            long letters = sink.getValue().at("/deadLetters").asLong(0);
            if (letters > 0) {
                found.add("spool %s: %d dead letter%s of sink %s"
                        .formatted(spool.getKey(), letters, letters == 1 ? "" : "s", sink.getKey()));
            }
            if (sink.getValue().at("/orphaned").asBoolean(false)
                    && !sink.getValue().at("/delivering").asBoolean(false)) {
                found.add("spool %s: %d messages are left for sink %s, which is not named any more"
                        .formatted(
                                spool.getKey(), sink.getValue().at("/messages").asLong(0), sink.getKey()));
            }
        });
    }

    private void reload(JsonNode reload) {
        if (text(reload, "/state").equals("refused")) {
            found.add("configuration: the changed one was refused, and the former one runs on");
        }
    }

    private static boolean isThere(JsonNode node, String pointer) {
        JsonNode found = node.at(pointer);
        return !found.isMissingNode() && !found.isNull();
    }

    private static String text(JsonNode node, String pointer) {
        return node.at(pointer).asString("");
    }
}
