package dev.sluice.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.documentation.Document.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The tables of keys say what the code says: each key once, no other, and its default. Such a table has {@code key} and
 * {@code default} in its head, and the text in front of it says what they stand below: <code>below
 * `sluice.users.NAME`</code>. A row whose key ends in {@code .*} leaves the rest to another table.
 */
final class DocumentedOptionsTests {

    private static final Pattern HEAD = Pattern.compile("\\| key \\| default \\|.*");
    private static final Pattern BELOW = Pattern.compile("[Bb]elow `(sluice[^`]*)`");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /**
     * A row of such a table.
     *
     * @param key in full
     * @param otherwise its default; empty if there is none
     */
    private record Documented(Section where, String key, String otherwise) {}

    @Test
    void everyKeyIsDocumentedOnceWithItsDefault() throws IOException {
        Map<String, String> declared = new TreeMap<>(DeclaredOptions.defaults());
        List<Documented> documented = Document.all().stream()
                .flatMap(DocumentedOptionsTests::documented)
                .toList();
        List<Documented> elsewhere =
                documented.stream().filter(row -> row.key().endsWith(".*")).toList();
        for (Documented row : elsewhere) {
            String stem = row.key().substring(0, row.key().length() - 1);
            assertThat(declared.keySet().removeIf(key -> key.startsWith(stem)))
                    .as("Keys like %s", row)
                    .isTrue();
        }

        List<Documented> rows = new ArrayList<>(documented);
        rows.removeAll(elsewhere);
        assertThat(rows).extracting(Documented::key).doesNotHaveDuplicates();
        Map<String, String> said = new TreeMap<>();
        rows.forEach(row -> said.put(row.key(), row.otherwise()));
        assertThat(said).containsExactlyEntriesOf(declared);
    }

    private static Stream<Documented> documented(Document document) {
        return document.sections().stream().flatMap(DocumentedOptionsTests::documented);
    }

    private static Stream<Documented> documented(Section section) {
        List<Documented> rows = new ArrayList<>();
        String below = null;
        boolean within = false;
        for (String line : section.text()) {
            Matcher stem = BELOW.matcher(line);
            while (stem.find()) {
                below = stem.group(1);
            }
            within = within && line.startsWith("|") || HEAD.matcher(line).matches();
            if (within && line.startsWith("| `")) {
                assertThat(below)
                        .as("'below `sluice…`' in front of the table in %s", section)
                        .isNotNull();
                String[] cells = line.split("(?<!\\\\)\\|", -1);
                rows.add(new Documented(section, below + "." + code(cells[1]), code(cells[2])));
            }
        }
        return rows.stream();
    }

    private static String code(String cell) {
        Matcher code = CODE.matcher(cell);
        return code.find() ? code.group(1) : "";
    }
}
