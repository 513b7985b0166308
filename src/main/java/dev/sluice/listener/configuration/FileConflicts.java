package dev.sluice.listener.configuration;

import dev.sluice.sink.file.FileSinkProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds sinks that want one file, by whatever path, and those that want one of a spool's. Templates are compared by
 * what they make of one and the same message; what only some message of a peer's brings together is told when it
 * happens.
 */
final class FileConflicts {

    /**
     * @param file what tells it from others: its key if it is there, else its path without links
     */
    private record Claim(Declared<SinkProperties> sink, Path path, Object file) {}

    private final List<Declared<ListenerProperties>> listeners;
    private final ProtocolRules rules;
    private final Object dataDirectory;
    private final List<Claim> claims = new ArrayList<>();

    FileConflicts(
            List<Declared<SinkProperties>> sinks,
            List<Declared<ListenerProperties>> listeners,
            ProtocolRules rules,
            Path dataDirectory) {
        this.listeners = listeners;
        this.rules = rules;
        this.dataDirectory = identity(dataDirectory.toAbsolutePath().normalize());
        sinks.forEach(this::claim);
    }

    private void claim(Declared<SinkProperties> sink) {
        FileSinkProperties file = sink.properties().file();
        if (file == null || !sink.says("file.path")) {
            return;
        }
        for (String listener : listenersOf(sink)) {
            try {
                Path path = file.example(listener);
                claims.add(new Claim(sink, path, identity(path.toAbsolutePath().normalize())));
            } catch (IllegalArgumentException ex) {
                return; // A path that cannot be is reported by itself.
            }
        }
    }

    /** Those that name it; of a sink that nobody names yet, all. */
    private List<String> listenersOf(Declared<SinkProperties> sink) {
        List<String> all = listeners.stream().map(Declared::name).toList();
        List<String> own = rules.sources(sink.name(), listeners).stream()
                .map(Declared::name)
                .toList();
        return own.isEmpty() ? all : own;
    }

    private static Object identity(Path path) {
        try {
            return Objects.requireNonNullElse(
                    Files.readAttributes(path, BasicFileAttributes.class).fileKey(), path);
        } catch (IOException ex) {
            Path above = path.getParent();
            return above == null ? path : List.of(identity(above), path.getFileName());
        }
    }

    void check() {
        Set<String> reported = new TreeSet<>();
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            String name = claim.sink().name();
            if (isSpools(claim.path()) && reported.add(name)) {
                claim.sink()
                        .report(
                                "file.path",
                                "'" + claim.path()
                                        + "' is where spools are kept. Choose another directory, or another name");
            }
            claims.subList(0, i).stream()
                    .filter(other ->
                            !other.sink().name().equals(name) && other.file().equals(claim.file()))
                    .filter(_ -> reported.add(name))
                    .findFirst()
                    .ifPresent(earlier -> report(claim, earlier));
        }
    }

    private boolean isSpools(Path path) {
        Path directory = path.toAbsolutePath().normalize().getParent();
        return FileSinkProperties.isSpools(path)
                && directory != null
                && identity(directory).equals(dataDirectory);
    }

    private static void report(Claim claim, Claim earlier) {
        String where = earlier.sink()
                .where("file.path")
                .map(setting -> " (" + setting.place() + ")")
                .orElse("");
        claim.sink()
                .report(
                        "file.path",
                        "'" + claim.path() + "' is also a file of sink '"
                                + earlier.sink().name() + "'" + where
                                + ". Give each a path of its own, or use one sink for all");
    }
}
