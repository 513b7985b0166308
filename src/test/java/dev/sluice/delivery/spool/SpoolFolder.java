package dev.sluice.delivery.spool;

import dev.sluice.delivery.spool.recovery.SpoolRecovery;
import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * A folder with the spool of a listener {@code orders}; in memory where the system has that, since tests write much.
 */
final class SpoolFolder implements AutoCloseable {

    static final String LISTENER = "orders";
    static final List<String> SUFFIXES = List.of("", "-wal", "-shm");

    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path path;
    private final DirectoryLock lock;

    private SpoolFolder(Path path) throws IOException {
        this.path = path;
        this.lock = DirectoryLock.take(path);
    }

    static SpoolFolder create() throws IOException {
        return new SpoolFolder(
                Files.isWritable(MEMORY)
                        ? Files.createTempDirectory(MEMORY, "spool-")
                        : Files.createTempDirectory("spool-"));
    }

    Path path() {
        return path;
    }

    Path file(String suffix) {
        return path.resolve(LISTENER + ".spool" + suffix);
    }

    Spool open(List<String> sinks, long capacity) {
        return open(sinks, sinks, capacity);
    }

    /**
     * @param own of these sinks those that get messages whose rule names none
     */
    Spool open(List<String> sinks, List<String> own, long capacity) {
        return SpoolRecovery.open(lock, LISTENER, sinks, own, capacity);
    }

    /** What a crash would leave at this moment. */
    SpoolFolder copy() throws IOException {
        SpoolFolder copy = create();
        for (String suffix : SUFFIXES) {
            if (Files.exists(file(suffix))) {
                Files.copy(file(suffix), copy.file(suffix), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return copy;
    }

    void empty() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                FileSystemUtils.deleteRecursively(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
        FileSystemUtils.deleteRecursively(path);
    }

    static Origin origin(String connection) {
        return new Origin(LISTENER, connection, connection, new InetSocketAddress("127.0.0.1", 7001));
    }

    static Envelope message(Origin origin, long sequence, String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        return new SpooledMessage(0, 0, origin, sequence, 1_700_000_000_000L, payload, Map.of(), null);
    }

    /** All that a sink has not acknowledged. */
    static List<Envelope> waiting(Spool spool, String sink) throws InterruptedException {
        List<Envelope> waiting = new ArrayList<>();
        try (SpoolReader reader = spool.reader(sink)) {
            readTo(spool, reader, spool.state().cursors().getOrDefault(sink, 0L), waiting);
        }
        return waiting;
    }

    static void readTo(Spool spool, SpoolReader reader, long from, List<? super SpooledMessage> waiting)
            throws InterruptedException {
        long position = from;
        while (position < spool.state().end()) {
            SpoolReader.Portion portion = reader.read(position, 0);
            for (StoredBatch batch : portion.batches()) {
                if (batch.end() <= position) {
                    throw new AssertionError("asked for " + position + ", got " + batch.position());
                }
                waiting.addAll(reader.messages(batch, position));
                position = batch.end();
            }
            position = portion.end();
        }
    }
}
