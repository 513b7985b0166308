package dev.sluice.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.documentation.Document.Block;
import dev.sluice.documentation.Document.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands in documents do what is printed below them. Each section is followed as a reader would: its
 * configuration becomes {@code config/application.yml}, or, where it has none, that is the one that Sluice comes with;
 * the service is started; and the commands are typed in the folder that it runs in. Commands in front of a section's
 * configuration prepare for it. The sections of a document that have none share one service, as they would on the
 * reader's machine.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class DocumentedCommandsTests {

    @TempDir
    private static Path shipped;

    /** With the configuration that Sluice comes with, by the document. */
    private static final Map<Path, Walkthrough> SHIPPED = new HashMap<>();

    @AfterAll
    static void end() {
        SHIPPED.values().forEach(Walkthrough::close);
    }

    static Stream<Section> sections() {
        return Document.all().stream()
                .flatMap(document -> document.sections().stream())
                .filter(section -> section.blocks().stream().anyMatch(DocumentedCommandsTests::isRun));
    }

    private static boolean isRun(Block block) {
        return List.of("sh", "console").contains(block.info());
    }

    @ParameterizedTest
    @MethodSource("sections")
    void doWhatIsSaid(Section section, @TempDir Path folder) throws Exception {
        if (!Walkthrough.isOfItsOwn(section)) {
            shipped(section.file()).follow(section);
            return;
        }
        try (Walkthrough walkthrough = new Walkthrough(folder)) {
            walkthrough.follow(section);
        }
    }

    private static Walkthrough shipped(Path document) throws IOException {
        Walkthrough walkthrough = SHIPPED.get(document);
        if (walkthrough == null) {
            walkthrough = new Walkthrough(Files.createTempDirectory(shipped, "document"));
            SHIPPED.put(document, walkthrough);
        }
        return walkthrough;
    }

    @Test
    void thereAreSome() {
        assertThat(sections()).hasSizeGreaterThan(5);
    }
}
