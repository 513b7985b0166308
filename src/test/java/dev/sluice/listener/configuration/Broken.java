package dev.sluice.listener.configuration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A configuration with mistakes; its first lines say what should be reported, {@code …} for what differs from machine
 * to machine. A new case is a new file.
 */
record Broken(Path file, List<String> expected) {

    private static final Path FOLDER = Path.of("src", "test", "resources", "configuration", "broken");
    private static final String EXPECT = "# expect: ";

    static Stream<Broken> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().map(Broken::read).toList().stream();
        }
    }

    private static Broken read(Path file) {
        try {
            return new Broken(
                    file,
                    Files.readAllLines(file).stream()
                            .filter(line -> line.startsWith(EXPECT))
                            .map(line -> line.substring(EXPECT.length()))
                            .toList());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** A file that Spring Boot itself reports on. */
    boolean isOurs() {
        return !name().startsWith("import-");
    }

    private String name() {
        return file.getFileName().toString();
    }

    /** Lines as reported, with the names of files without their folder and what varies left out. */
    List<String> comparable(List<String> lines) {
        return lines.stream()
                .map(line -> line.strip()
                        .replace(FOLDER + "/", "")
                        .replaceAll("There are [^(]+", "There are … ")
                        .replaceAll("'file \\[[^]]*]'", "'file […]'"))
                .toList();
    }

    @Override
    public String toString() {
        return name();
    }
}
