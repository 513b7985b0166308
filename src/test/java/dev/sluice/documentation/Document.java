package dev.sluice.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file: what of it can be checked or run. */
final class Document {

    private static final Pattern FENCE = Pattern.compile("(`{3,})(.*)");
    private static final Pattern HEADING = Pattern.compile("(#{1,6}) (.+)");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");

    private final Path path;
    private final List<Section> sections = new ArrayList<>();

    /**
     * What stands between two headings, of whatever level.
     *
     * @param level 1 for the title of the document
     * @param anchor by which GitHub links to it
     * @param text line by line, without fenced blocks
     */
    record Section(Path file, int level, String heading, String anchor, List<String> text, List<Block> blocks) {
        @Override
        public String toString() {
            return file + "#" + anchor;
        }
    }

    /**
     * A fenced block.
     *
     * @param line of its first fence
     * @param info the words behind that
     */
    record Block(Path file, int line, String info, String text) {

        boolean is(String language) {
            return info.equals(language) || info.startsWith(language + " ");
        }

        @Override
        public String toString() {
            return file + ":" + line + " (" + info + ")";
        }
    }

    /**
     * @param where the section that it stands in
     */
    record Link(Section where, String target) {}

    private Document(Path path) throws IOException {
        this.path = path;
        Map<String, Integer> anchors = new HashMap<>();
        Section section = new Section(path, 0, "", "", new ArrayList<>(), new ArrayList<>());
        List<String> lines = Files.readAllLines(path);
        for (int i = 0; i < lines.size(); i++) {
            Matcher heading = HEADING.matcher(lines.get(i));
            Matcher fence = FENCE.matcher(lines.get(i));
            if (fence.matches()) {
                int end = i + 1;
                while (!lines.get(end).equals(fence.group(1))) {
                    end++;
                }
                String text = String.join("\n", lines.subList(i + 1, end)) + "\n";
                section.blocks().add(new Block(path, i + 1, fence.group(2).strip(), text));
                i = end;
            } else if (heading.matches()) {
                String title = heading.group(2);
                section = new Section(
                        path,
                        heading.group(1).length(),
                        title,
                        anchor(title, anchors),
                        new ArrayList<>(),
                        new ArrayList<>());
                sections.add(section);
            } else {
                section.text().add(lines.get(i));
            }
        }
    }

    /** As GitHub makes it: a heading that comes again gets a number. */
    private static String anchor(String heading, Map<String, Integer> seen) {
        String plain = heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
        int before = seen.merge(plain, 1, Integer::sum) - 1;
        return before == 0 ? plain : plain + "-" + before;
    }

    static Document of(Path path) {
        try {
            return new Document(path);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** All that people are given to read. */
    static List<Document> all() {
        return Stream.of(Path.of("."), Path.of("src", "docs"), Path.of(".github"))
                .flatMap(Document::markdownIn)
                .map(Document::of)
                .toList();
    }

    private static Stream<Path> markdownIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .map(Path::normalize)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    Path path() {
        return path;
    }

    List<Section> sections() {
        return sections;
    }

    Stream<Block> blocks() {
        return sections.stream().flatMap(section -> section.blocks().stream());
    }

    List<Link> links() {
        return sections.stream()
                .flatMap(section -> LINK.matcher(
                                CODE.matcher(String.join("\n", section.text())).replaceAll(""))
                        .results()
                        .map(link -> new Link(section, link.group(1))))
                .toList();
    }

    boolean hasAnchor(String anchor) {
        return sections.stream().anyMatch(section -> section.anchor().equals(anchor));
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
