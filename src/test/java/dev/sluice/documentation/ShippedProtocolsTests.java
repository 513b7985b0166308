package dev.sluice.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page about the protocols that come with Sluice is made from their files and from what they are tested with. To
 * make it anew: {@code ./mvnw test -Dtest=ShippedProtocolsTests -Dprotocols.write}.
 */
final class ShippedProtocolsTests {

    private static final Path PAGE = Path.of("src", "docs", "protocols-shipped.md");
    private static final Path PROTOCOLS = Path.of("src", "main", "resources", "protocols");
    private static final Path VECTORS = Path.of("src", "test", "resources", "vectors");
    private static final String NOT_COVERED = "Not covered: ";
    private static final String SOURCE = "Source: ";
    private static final int WIDTH = 120;

    private static final String HEAD = """
        # Protocols that come with Sluice

        A listener says `protocol: NAME`, and has framing, rules and identity from a file of that name in the jar:
        [src/main/resources/protocols](../../src/main/resources/protocols). [Protocols](protocols.md) tells what that means, how
        to change one, and how to write another.

        They were written from public sources, and are tested with messages that are published there: so many together with the
        answers that they must get, and so many more that only have to be cut and checked. None was tried with a device of ours. So
        begin with `try`, and look at the meter `sluice.rules` and at what is dropped.

        This page is made from those files. How to make it anew stands in `ShippedProtocolsTests`.

        | protocol | for | framing | tried with |
        | --- | --- | --- | --- |
        """;

    @Test
    void thePageIsMadeFromTheProtocols() throws IOException {
        String page = page();
        if (System.getProperty("protocols.write") != null) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("Made anew by: ./mvnw test -Dtest=ShippedProtocolsTests -Dprotocols.write")
                .content()
                .isEqualTo(page);
    }

    private static String page() throws IOException {
        StringBuilder rows = new StringBuilder(HEAD);
        StringBuilder parts = new StringBuilder("\n## What each does, and does not\n");
        for (Path file : protocols()) {
            String name = file.getFileName().toString().replace(".yml", "");
            Properties declared = declared(file, name);
            String comment = comment(file);
            String about = part(comment, 0, NOT_COVERED, SOURCE);
            rows.append("| [`%s`](#%s) | %s | %s | %s |%n"
                    .formatted(name, name, sentence(about), framing(declared), tried(name)));
            parts.append("\n### ").append(name).append("\n\n");
            parts.append(wrapped(about)).append("\n\n");
            int not = comment.indexOf(NOT_COVERED);
            if (not >= 0) {
                parts.append(wrapped(part(comment, not, SOURCE))).append("\n\n");
            }
            List<String> rules = rules(declared);
            if (!rules.isEmpty()) {
                parts.append(wrapped("Rules: `" + String.join("`, `", rules) + "`."))
                        .append("\n\n");
            }
            parts.append(wrapped(part(comment, comment.indexOf(SOURCE)))).append("\n");
        }
        return rows.append(parts).toString().replace(System.lineSeparator(), "\n");
    }

    private static List<Path> protocols() throws IOException {
        try (Stream<Path> files = Files.list(PROTOCOLS)) {
            return files.sorted().toList();
        }
    }

    /** Keys as they are when written in full, such as {@code rules[0].match.hex}. */
    private static Properties declared(Path file, String name) {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new FileSystemResource(file));
        Properties declared = new Properties();
        String stem = "sluice.protocols." + name + ".";
        yaml.getObject().forEach((key, value) -> declared.put(key.toString().replace(stem, ""), value.toString()));
        return declared;
    }

    /** What stands in front of the protocol itself, in one line. */
    private static String comment(Path file) throws IOException {
        return String.join(
                " ",
                Files.readAllLines(file).stream()
                        .takeWhile(line -> line.startsWith("#"))
                        .map(line -> line.substring(1).strip())
                        .toList());
    }

    private static String part(String comment, int from, String... ends) {
        int to = comment.length();
        for (String end : ends) {
            int at = comment.indexOf(end, from);
            to = at < 0 ? to : Math.min(to, at);
        }
        return comment.substring(from, to).strip();
    }

    private static String sentence(String text) {
        return text.split("(?<=\\.) ", 2)[0].replaceFirst("\\.$", "");
    }

    private static String framing(Properties declared) {
        int frames = count(declared, "framing.frames");
        String checksum = declared.getProperty("framing.checksum");
        String type = declared.getProperty("framing.type");
        if (frames > 0) {
            return (frames == 1 ? "1 frame" : frames + " frames") + (checksum == null ? "" : ", `" + checksum + "`");
        }
        return type == null ? "datagrams" : "`" + type + "`";
    }

    private static List<String> rules(Properties declared) {
        List<String> rules = new ArrayList<>();
        for (int i = 0; i < count(declared, "rules"); i++) {
            rules.add(declared.getProperty("rules[" + i + "].name", Integer.toString(i + 1)));
        }
        return rules;
    }

    private static int count(Properties declared, String list) {
        int count = 0;
        while (exists(declared, list + "[" + count + "]")) {
            count++;
        }
        return count;
    }

    private static boolean exists(Properties declared, String stem) {
        return declared.stringPropertyNames().stream().anyMatch(key -> key.startsWith(stem));
    }

    private static String tried(String name) throws IOException {
        int messages = 0;
        for (JsonNode one : JsonMapper.shared().readTree(Files.readString(VECTORS.resolve(name + ".json")))) {
            messages += one.get("steps").size();
        }
        Path bulk = VECTORS.resolve("bulk").resolve(name + ".txt");
        String answered = messages + " with their answers";
        if (!Files.exists(bulk)) {
            return answered;
        }
        long frames = Files.readAllLines(bulk).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .count();
        return answered + ", " + frames + " more";
    }

    private static String wrapped(String text) {
        StringBuilder lines = new StringBuilder();
        int width = 0;
        for (String word : text.split(" ")) {
            if (width > 0 && width + 1 + word.length() > WIDTH) {
                lines.append('\n');
                width = 0;
            } else if (width > 0) {
                lines.append(' ');
                width++;
            }
            lines.append(word);
            width += word.length();
        }
        return lines.toString();
    }
}
