package dev.sluice.delivery.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where spools lie: each in a file of a directory that bears its listener's name. */
public final class SpoolFiles {

    private static final String SUFFIX = ".spool";

    private SpoolFiles() {}

    /** Returns the listeners of which there are spools, in order. */
    public static List<String> listeners(Path directory) {
        try (Stream<Path> files = Files.isDirectory(directory) ? Files.list(directory) : Stream.empty()) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX) && name.length() > SUFFIX.length())
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        } catch (IOException ex) {
            throw new SpoolException(directory + ": " + ex.getMessage() + ". Look whether it is readable", ex);
        }
    }

    /** Returns where the spool of a listener lies, whether it is there or not. */
    public static Path of(Path directory, String listener) {
        return directory.resolve(listener + SUFFIX);
    }
}
