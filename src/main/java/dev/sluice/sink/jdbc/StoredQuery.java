package dev.sluice.sink.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out from an insert by which query one can see whether it has stored a message before. Only a plain one tells:
 * {@code insert into T(…) values (…)}, in which the value of one column is {@code :id} and nothing else.
 */
final class StoredQuery {

    private static final String NAME = "(?:[\\p{L}_][\\p{L}\\p{N}_$]*|\"[^\"]+\"|`[^`]+`|\\[[^\\]]+])";
    private static final Pattern PLAIN = Pattern.compile(
            "\\s*insert\\s+into\\s+(" + NAME + "(?:\\s*\\.\\s*" + NAME
                    + ")*)\\s*\\(([^()]*)\\)\\s*values\\s*\\((.*)\\)[\\s;]*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern COMMENT = Pattern.compile("--|/\\*");

    private StoredQuery() {}

    /** Empty where the statement does not tell. */
    static Optional<String> of(String insert) {
        Matcher plain = PLAIN.matcher(insert);
        if (!plain.matches() || COMMENT.matcher(insert).find()) {
            return Optional.empty();
        }
        List<String> columns = list(plain.group(2));
        List<String> values = list(plain.group(3));
        int column = values.indexOf(":id");
        return column >= 0 && column == values.lastIndexOf(":id") && columns.size() == values.size()
                ? Optional.of("select 1 from " + plain.group(1) + " where " + columns.get(column) + " = :id")
                : Optional.empty();
    }

    /** What stands between commas, outside of quotes and brackets; nothing if a bracket closes that was not opened. */
    private static List<String> list(String text) {
        List<String> items = new ArrayList<>();
        int depth = 0;
        int start = 0;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
                continue;
            }
            switch (c) {
                case '\'', '"', '`' -> quote = c;
                case '(', '[' -> depth++;
                case ')', ']' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        items.add(text.substring(start, i).strip());
                        start = i + 1;
                    }
                }
                default -> {}
            }
            if (depth < 0) {
                return List.of();
            }
        }
        items.add(text.substring(start).strip());
        return items;
    }
}
