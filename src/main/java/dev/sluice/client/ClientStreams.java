package dev.sluice.client;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command reads and writes. Text is UTF-8 whatever the locale says.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 * @param terminal whether a person's terminal shows standard output
 */
public record ClientStreams(InputStream in, OutputStream out, OutputStream err, boolean terminal) {

    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");

    /** Those of this process. */
    public static ClientStreams standard() {
        return new ClientStreams(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                isTerminal());
    }

    public PrintWriter outWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    public PrintWriter errWriter() {
        return new PrintWriter(err, true, StandardCharsets.UTF_8);
    }

    /** Java's console is one only if standard input is a terminal, too; Linux can be asked about the output alone. */
    private static boolean isTerminal() {
        try {
            String device = Files.readSymbolicLink(STANDARD_OUTPUT).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException ex) {
            return System.console() != null && System.console().isTerminal();
        }
    }
}
