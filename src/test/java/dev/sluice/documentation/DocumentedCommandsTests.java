package dev.sluice.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.documentation.Document.Block;
import dev.sluice.documentation.Document.Section;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
 * configuration prepare for it.
 */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class DocumentedCommandsTests {

    @TempDir
    private Path folder;

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
    void doWhatIsSaid(Section section) throws Exception {
        try (Walkthrough walkthrough = new Walkthrough(folder, section)) {
            for (Block block : section.blocks()) {
                switch (block.info()) {
                    case "yaml" -> walkthrough.configure(block);
                    case "yaml wrong" -> walkthrough.configureWrongly(block);
                    case "java" -> walkthrough.extend(block);
                    case "sh", "console" -> walkthrough.type(block);
                    default -> {}
                }
            }
        }
    }

    @Test
    void thereAreSome() {
        assertThat(sections()).hasSizeGreaterThan(5);
    }
}
