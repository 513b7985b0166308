package dev.sluice.sink.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Directories whose names outlive a loss of power: else that could take away what is in them. */
public final class Directories {

    private Directories() {}

    /** Makes a directory, and those above it that are not there, each with its name forced into the one above. */
    public static void create(@Nullable Path directory) throws IOException {
        if (directory == null || Files.isDirectory(directory)) {
            return;
        }
        create(directory.getParent());
        Files.createDirectories(directory);
        force(directory.getParent());
    }

    /** Forces the names in it to the disk. */
    static void force(@Nullable Path directory) throws IOException {
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
