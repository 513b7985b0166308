package dev.sluice.client.status;

import dev.sluice.text.Visible;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A snapshot as lines of text: a table of listeners, and below it what needs attention. */
final class Overview {

    private static final List<String> HEAD =
            List.of("LISTENER", "STATE", "AT", "OPEN", "RECEIVED", "FAILED", "DROPPED", "WAITING", "DEAD");
    private static final String RATE = "PER SECOND";
    /** From this column on there are numbers, which stand at the right. */
    private static final int NUMBERS = 3;

    private Overview() {}

    /**
     * @param before what the service said earlier, for how much comes a second
     */
    static List<String> lines(Snapshot now, Optional<Snapshot> before, List<String> attention) {
        List<List<String>> table = new ArrayList<>();
        table.add(before.isPresent() ? withRate(HEAD, RATE) : HEAD);
        for (Map.Entry<String, JsonNode> listener : now.listeners().properties()) {
            List<String> row = row(listener.getKey(), listener.getValue());
            table.add(before.map(earlier -> withRate(row, rate(listener.getKey(), now, earlier)))
                    .orElse(row));
        }
        List<String> lines = aligned(table);
        lines.add("");
        if (attention.isEmpty()) {
            lines.add("All is well.");
        } else {
            lines.add("Needs attention:");
            attention.forEach(one -> lines.add("  " + one));
        }
        return lines.stream().map(Visible::text).toList();
    }

    private static List<String> row(String name, JsonNode listener) {
        JsonNode messages = listener.path("messages");
        return List.of(
                name,
                listener.path("state").asString(""),
                place(listener),
                number(listener.at("/connections/open")),
                number(messages.path("received")),
                number(messages.path("failed")),
                Long.toString(sum(messages.path("dropped"))),
                number(messages.path("spooled")),
                number(messages.path("deadLettered")));
    }

    private static String place(JsonNode listener) {
        String transport = listener.path("transport").asString("");
        JsonNode devices = listener.path("devices");
        if (devices.isObject()) {
            return "dials %d of %d"
                    .formatted(
                            devices.path("up").asLong(0),
                            devices.path("up").asLong(0) + devices.path("away").asLong(0));
        }
        String address = listener.path("address").asString("");
        return transport + " " + (address.contains(":") ? "[" + address + "]" : address) + ":"
                + number(listener.path("port"));
    }

    private static String number(JsonNode number) {
        return Long.toString(number.asLong(0));
    }

    private static long sum(JsonNode byReason) {
        return byReason.valueStream().mapToLong(count -> count.asLong(0)).sum();
    }

    private static List<String> withRate(List<String> row, String rate) {
        List<String> wider = new ArrayList<>(row);
        wider.add(HEAD.indexOf("RECEIVED") + 1, rate);
        return wider;
    }

    private static String rate(String name, Snapshot now, Snapshot before) {
        String pointer = "/" + name + "/messages/received";
        JsonNode earlier = before.listeners().at(pointer);
        long more = now.listeners().at(pointer).asLong(0) - earlier.asLong(0);
        return earlier.isMissingNode() || more < 0 // it is new, or counts anew
                ? "-"
                : String.format(Locale.ROOT, "%.1f", more * 1e9 / (now.nanos() - before.nanos()));
    }

    private static List<String> aligned(List<List<String>> table) {
        int columns = table.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : table) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return table.stream().map(row -> line(row, widths)).collect(Collectors.toCollection(ArrayList::new));
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String pad = " ".repeat(widths[i] - row.get(i).length());
            line.append(i == 0 ? "" : "  ").append(i < NUMBERS ? row.get(i) + pad : pad + row.get(i));
        }
        return line.toString().stripTrailing();
    }
}
