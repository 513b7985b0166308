package dev.sluice.transport.udp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Linux says it has dropped of a UDP port's datagrams, in the last column of {@code /proc/net/udp} and {@code
 * udp6}: see proc_net(5). Sockets of other processes on the same port, as multicast allows, are counted too.
 */
final class KernelDrops {

    private static final Logger log = LoggerFactory.getLogger(KernelDrops.class);
    private static final Path[] TABLES = {Path.of("/proc/net/udp"), Path.of("/proc/net/udp6")};

    private KernelDrops() {}

    /** Of the sockets that are bound to the port now; nothing where the system does not tell. */
    static Optional<Long> of(int port) {
        String suffix = ":%04X".formatted(port);
        long drops = 0;
        boolean told = false;
        for (Path table : TABLES) {
            if (Files.isReadable(table)) {
                told = true;
                drops += sum(table, suffix);
            }
        }
        return told ? Optional.of(drops) : Optional.empty();
    }

    private static long sum(Path table, String suffix) {
        try (var lines = Files.lines(table)) {
            return lines.skip(1)
                    .map(line -> line.trim().split("\\s+"))
                    .filter(columns -> columns.length > 12 && columns[1].endsWith(suffix))
                    .mapToLong(columns -> Long.parseLong(columns[columns.length - 1]))
                    .sum();
        } catch (IOException | UncheckedIOException | NumberFormatException ex) {
            log.debug("{} cannot be read", table, ex);
            return 0;
        }
    }
}
