package dev.sluice.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.documentation.Document.Block;
import dev.sluice.documentation.Document.Link;
import dev.sluice.documentation.Document.Section;
import dev.sluice.listener.configuration.ConfigurationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/**
 * What README, {@code src/docs} and {@code .github} show is what it says it is. Every fenced block says so itself, by
 * the words behind its first fence, of which a reader sees nothing:
 *
 * <ul>
 *   <li>{@code yaml} is a whole configuration, which {@code check} finds valid. {@code yaml wrong} is one that it refuses, and
 *       {@code yaml kubernetes} and {@code yaml prometheus} are none of ours.
 *   <li>{@code sh} are commands, {@code console} are commands and what they print, {@code java} is an extension; {@link
 *       DocumentedCommandsTests} runs them. {@code sh needs-docker}, say, needs what a test has not, and is not run.
 *   <li>{@code text}, {@code sql} and {@code json} are for reading.
 * </ul>
 */
final class DocumentTests {

    private static final Path README = Path.of("README.md");
    private static final Path INDEX = Path.of("src", "docs", "README.md");
    private static final Path DESIGN = Path.of("src", "docs", "design.md");
    private static final Pattern CLASS = Pattern.compile("`([A-Z]\\w+)`");

    /** Classes of Spring that the design speaks of. */
    private static final Set<String> OTHERS = Set.of("Environment");

    private static final int MOST_OF_README = 9 * 1024;

    private static final Set<String> INFOS = Set.of(
            "yaml",
            "yaml wrong",
            "yaml kubernetes",
            "yaml prometheus",
            "sh",
            "console",
            "java",
            "text",
            "sql",
            "json",
            "xml");

    /** Configurations of other programs. */
    private static final Set<String> FOREIGN = Set.of("yaml kubernetes", "yaml prometheus");

    /** What a test has not. */
    private static final Set<String> NEEDS = Set.of("needs-docker", "needs-kubernetes", "needs-maven", "needs-systemd");

    @TempDir
    private Path folder;

    static List<Document> documents() {
        return Document.all();
    }

    static Stream<Block> configurations() {
        return documents().stream().flatMap(Document::blocks).filter(block -> block.is("yaml"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyBlockSaysWhatItIs(Document document) {
        assertThat(document.blocks().filter(block -> !isKnown(block.info()))).isEmpty();
    }

    private static boolean isKnown(String info) {
        String[] words = info.split(" ", 2);
        return INFOS.contains(info)
                || words.length == 2 && Set.of("sh", "console").contains(words[0]) && NEEDS.contains(words[1]);
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void everyConfigurationIsWhatItIsSaidToBe(Block block) throws IOException {
        if (FOREIGN.contains(block.info())) {
            assertThat(new Yaml().loadAll(block.text())).isNotEmpty().doesNotContainNull();
            return;
        }
        Path file = Files.writeString(folder.resolve("application.yml"), Surroundings.withVariables(block.text()));
        ConfigurationReport report = ConfigurationReport.of(block.toString(), file);
        assertThat(report.valid())
                .as(() -> String.join("\n", report.lines()))
                .isEqualTo(!block.info().equals("yaml wrong"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyLinkLeadsSomewhere(Document document) {
        assertThat(document.links()).filteredOn(link -> !leadsSomewhere(link)).isEmpty();
    }

    /** Those to other sites are left to the reader. */
    private static boolean leadsSomewhere(Link link) {
        if (link.target().contains("://")) {
            return true;
        }
        Path from = link.where().file();
        String[] parts = link.target().split("#", 2);
        Path file = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
        return Files.exists(file) && (parts.length == 1 || Document.of(file).hasAnchor(parts[1]));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void aLongDocumentBeginsWithItsContents(Document document) {
        List<String> parts = document.sections().stream()
                .filter(section -> section.level() == 2)
                .map(section -> "#" + section.anchor())
                .toList();
        if (parts.size() >= 4 && document.path().startsWith("src")) {
            assertThat(document.links()).extracting(Link::target).containsSubsequence(parts);
        }
    }

    @Test
    void theIndexLeadsToEveryDocument() {
        List<Path> linked = Document.of(INDEX).links().stream()
                .map(link ->
                        INDEX.resolveSibling(link.target().split("#", 2)[0]).normalize())
                .toList();
        assertThat(linked)
                .containsAll(documents().stream()
                        .map(Document::path)
                        .filter(path -> path.startsWith("src") && !path.equals(INDEX))
                        .toList());
    }

    @Test
    void theDesignNamesClassesThatAreThere() throws IOException {
        Set<String> classes;
        try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
            classes = sources.map(source -> source.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        assertThat(Document.of(DESIGN).sections())
                .filteredOn(section -> section.heading().startsWith("The way "))
                .flatMap(Section::text)
                .flatMap(line ->
                        CLASS.matcher(line).results().map(name -> name.group(1)).toList())
                .isNotEmpty()
                .allMatch(name -> classes.contains(name) || OTHERS.contains(name));
    }

    @Test
    void theDesignTellsOfEveryRoom() throws IOException {
        List<String> rooms;
        try (Stream<Path> packages = Files.list(Path.of("src", "main", "java", "dev", "sluice"))) {
            rooms = packages.filter(Files::isDirectory)
                    .map(room -> room.getFileName().toString())
                    .toList();
        }
        assertThat(Document.of(DESIGN).sections())
                .filteredOn(section -> section.heading().equals("The rooms"))
                .flatMap(Section::text)
                .filteredOn(line -> line.startsWith("| `"))
                .extracting(line -> line.split("`")[1])
                .containsExactlyInAnyOrderElementsOf(rooms);
    }

    @Test
    void theReadmeIsShort() throws IOException {
        assertThat(Files.size(README)).isLessThan(MOST_OF_README);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyHeadingIsOneOfItsOwn(Document document) {
        assertThat(document.sections()).extracting(Section::heading).doesNotHaveDuplicates();
    }
}
