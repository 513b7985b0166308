package dev.sluice.sink.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one path that were put aside: their names, and which there are. Whatever we know of them is in these
 * names, so that it holds after a restart too.
 */
final class RotatedFiles {

    /**
     * What a name is longer by than that of the file, in bytes; no name that a template makes may leave less room than
     * that.
     */
    static final int SUFFIX = ".20260304T235958.765Z.gz.part".length();

    private static final String STAMP = "\\d{8}T\\d{6}\\.\\d{3}Z";
    private static final Pattern NAME = Pattern.compile(".*\\." + STAMP + "(?:\\.gz(?:\\.part)?)?", Pattern.DOTALL);
    private static final Pattern REST = Pattern.compile("\\.(" + STAMP + ")(?:\\.gz(?:\\.part)?)?");
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSSX", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path path;
    private final String name;

    RotatedFiles(Path path) {
        this.path = path.toAbsolutePath();
        this.name = path.getFileName().toString();
    }

    /** Whether a file of this name could be one that was put aside, of whichever path. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The name that the file gets now: later than all there are, even if the clock went back. */
    Path next(Instant now) throws IOException {
        NavigableMap<String, List<Path>> files = byAge();
        Instant next = now.truncatedTo(ChronoUnit.MILLIS);
        if (!files.isEmpty()) {
            Instant after = FORMAT.parse(files.lastKey(), Instant::from).plusMillis(1);
            next = next.isBefore(after) ? after : next;
        }
        while (Files.exists(named(FORMAT.format(next)))) {
            next = next.plusMillis(1);
        }
        return named(FORMAT.format(next));
    }

    /** The file that was put aside then, before it is compressed. */
    Path named(String time) {
        return path.resolveSibling(name + "." + time);
    }

    /**
     * By the time in their names, the oldest first: each as it is, compressed, half compressed, or several of these.
     */
    NavigableMap<String, List<Path>> byAge() throws IOException {
        NavigableMap<String, List<Path>> files = new TreeMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(path.resolveSibling(""), this::isOfPath)) {
            for (Path file : all) {
                Matcher rest = REST.matcher(file.getFileName().toString().substring(name.length()));
                if (rest.matches() && Files.isRegularFile(file)) {
                    files.computeIfAbsent(rest.group(1), _ -> new ArrayList<>(2))
                            .add(file);
                }
            }
        }
        return files;
    }

    private boolean isOfPath(Path file) {
        return file.getFileName().toString().startsWith(name + ".");
    }
}
