package dev.sluice.delivery.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files beside a spool that hold what of it could not be used, for a person to look at. */
public final class SetAside {

    private static final Logger log = LoggerFactory.getLogger(SetAside.class);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String DAMAGED = ".damaged-";

    private SetAside() {}

    /** Returns those that were set aside, now or earlier, and that nobody has removed. */
    static List<Path> of(Path file) {
        try (Stream<Path> siblings = Files.list(file.toAbsolutePath().getParent())) {
            return siblings.filter(path -> path.getFileName().toString().startsWith(file.getFileName() + DAMAGED))
                    .sorted()
                    .toList();
        } catch (IOException ex) {
            log.debug("The directory of {} cannot be listed", file, ex);
            return List.of();
        }
    }

    /** Returns a name that is not taken. */
    public static Path name(Path file, String suffix) {
        String stamp = STAMP.format(Clock.systemUTC().instant());
        Path name = Path.of(file + DAMAGED + stamp + suffix);
        for (int i = 2; Files.exists(name); i++) {
            name = Path.of(file + DAMAGED + stamp + "-" + i + suffix);
        }
        return name;
    }
}
