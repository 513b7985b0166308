package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every source file is as the formatter writes it. A test and not a Maven plugin, because the formatter parses with the
 * compiler of the JDK that it runs on, and Maven may run on one that is older than our sources.
 *
 * <p>It is also the program behind {@code ./mvnw -Pformat}, launched from this file so that nothing has to compile
 * first.
 */
final class SourceFormatTests {

    private static final Path SOURCES = Path.of("src");
    private static final Formatter FORMATTER = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(Style.PALANTIR).build());

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void everySourceFileIsFormatted() throws IOException {
        assertThat(unformatted())
                .as("Files that are not formatted; './mvnw -Pformat' formats them")
                .isEmpty();
    }

    /** Formats what is not. */
    static void main() throws IOException {
        for (Path file : unformatted()) {
            Files.writeString(file, format(file));
            System.out.println("Formatted " + file);
        }
    }

    private static List<Path> unformatted() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !read(file).equals(format(file)))
                    .toList();
        }
    }

    private static String format(Path file) {
        try {
            return FORMATTER.formatSourceAndFixImports(read(file));
        } catch (FormatterException ex) {
            throw new IllegalStateException(file + ": " + ex.getMessage(), ex);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
