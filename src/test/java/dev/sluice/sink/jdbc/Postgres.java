package dev.sluice.sink.jdbc;

import dev.sluice.Ports;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * A PostgreSQL server of its own, with its data in a folder, so that it can be stopped and started again on one port.
 */
public final class Postgres implements AutoCloseable {

    private final Path data;
    private final EmbeddedPostgres first;
    private EmbeddedPostgres running;

    private Postgres(Path data) throws IOException {
        this.data = data;
        first = builder().setPort(Ports.free()).start();
        running = first;
    }

    /** Skips the test where PostgreSQL cannot run: it refuses root, and needs {@code unshare} then. */
    public static Postgres start(Path directory) {
        try {
            return new Postgres(directory.resolve("data"));
        } catch (IOException | RuntimeException ex) {
            Assumptions.abort("PostgreSQL does not start here: " + ex);
            throw ex instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(ex);
        }
    }

    private EmbeddedPostgres.Builder builder() {
        return EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false);
    }

    public int port() {
        return first.getPort();
    }

    void stop() throws IOException {
        running.close();
    }

    void startAgain() throws IOException {
        running = builder().setPort(port()).start();
    }

    @Override
    public void close() throws IOException {
        running.close();
    }
}
