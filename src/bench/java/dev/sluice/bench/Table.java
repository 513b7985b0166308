package dev.sluice.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What was found, for people and for programs.
 *
 * @param rows a cell for each column: a number, which is shown rounded, or text
 * @param notes what the numbers mean, and what could not be measured
 * @param pictures names of files beside the report
 */
public record Table(
        String title, List<String> columns, List<List<Object>> rows, List<String> notes, List<String> pictures) {

    public Table(String title, List<String> columns, List<List<Object>> rows, List<String> notes) {
        this(title, columns, rows, notes, List.of());
    }

    static Table failed(String title, String reason) {
        return new Table(title, List.of(), List.of(), List.of("failed: " + reason));
    }

    String markdown() {
        var text = new StringBuilder("\n### ").append(title).append("\n\n");
        if (!rows.isEmpty()) {
            text.append("| ").append(String.join(" | ", columns)).append(" |\n");
            text.append("| --- |").append(" ---: |".repeat(columns.size() - 1)).append('\n');
            rows.forEach(row ->
                    text.append(row.stream().map(Table::shown).collect(Collectors.joining(" | ", "| ", " |\n"))));
            text.append('\n');
        }
        notes.forEach(note -> text.append("- ").append(note).append('\n'));
        pictures.forEach(name -> text.append(picture(name)));
        return text.toString();
    }

    static String picture(String name) {
        return "- picture: [%1$s](%1$s)\n".formatted(name);
    }

    private static String shown(Object cell) {
        return switch (cell) {
            case Double value when value.isNaN() -> "";
            case Double value -> String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.2f" : "%,.0f", value);
            case Number value -> String.format(Locale.ROOT, "%,d", value);
            default -> cell.toString();
        };
    }
}
