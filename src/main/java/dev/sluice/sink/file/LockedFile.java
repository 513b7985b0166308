package dev.sluice.sink.file;

import dev.sluice.message.Envelope;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is open to be appended to by us alone, until somebody moves it away from its path. Used by one thread at
 * a time, which must not be interrupted: that would close the channel.
 */
final class LockedFile {

    private static final Logger log = LoggerFactory.getLogger(LockedFile.class);

    private final Path path;
    private final FileOutputStream stream;
    private final LineBuffer buffer;
    private final Object key;
    private final long begunAt;
    private long end;

    private LockedFile(Path path, FileOutputStream stream, Object key) throws IOException {
        this.path = path;
        this.stream = stream;
        this.buffer = new LineBuffer(stream);
        this.key = key;
        this.end = stream.getChannel().size();
        this.begunAt = end == 0
                ? System.currentTimeMillis()
                : Files.readAttributes(path, BasicFileAttributes.class)
                        .creationTime()
                        .toMillis();
    }

    /** Makes it if it is not there, with the directories above it. */
    static LockedFile open(Path path) throws IOException {
        boolean created = !Files.exists(path);
        if (created) {
            Directories.create(path.toAbsolutePath().getParent());
        } else if (!Files.isRegularFile(path)) {
            throw new IOException("not a regular file");
        }
        Object key = HeldFiles.claim(path);
        try {
            boolean torn = !created && endsWithinLine(path);
            FileOutputStream stream = locked(path);
            try {
                if (torn) {
                    stream.write('\n');
                }
                if (created) {
                    Directories.force(path.toAbsolutePath().getParent());
                }
                return new LockedFile(path, stream, key);
            } catch (IOException | RuntimeException ex) {
                stream.close();
                throw ex;
            }
        } catch (IOException | RuntimeException ex) {
            HeldFiles.release(key);
            throw ex;
        }
    }

    /** For us alone: taking back what we wrote in vain would take with it what others appended meanwhile. */
    private static FileOutputStream locked(Path path) throws IOException {
        FileOutputStream stream = new FileOutputStream(path.toFile(), true);
        try {
            if (stream.getChannel().tryLock() == null) {
                throw new FileSystemException(null, null, "another program writes to it");
            }
            return stream;
        } catch (OverlappingFileLockException ex) {
            HeldFiles.neverClose(stream);
            throw new FileSystemException(null, null, "another sink's file has been moved here");
        } catch (IOException | RuntimeException ex) {
            stream.close();
            throw ex;
        }
    }

    /** As after a crash: what follows must begin a line of its own. */
    private static boolean endsWithinLine(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            long length = file.length();
            if (length == 0) {
                return false;
            }
            file.seek(length - 1);
            return file.read() != '\n';
        }
    }

    /**
     * Writes all of them or none, forces them to the disk, and then looks whether they are still where they belong.
     *
     * <p>A program that moves the file and reads it afterwards, to compress it say, finds all that was looked after
     * here: we wrote before we looked, and where we still found the name, the move came later, and the reading later
     * still. Where we did not find it, the reading may have come before our writing, and nobody knows.
     *
     * @return whether the path names this file and nobody has cut it; else they are to be written again
     */
    boolean append(List<List<? extends Envelope>> batches, LineFormat format) throws IOException {
        FileChannel channel = stream.getChannel();
        long before = channel.size();
        if (before < end) {
            tellCut(end, before);
        }
        try {
            for (List<? extends Envelope> batch : batches) {
                format.write(batch, buffer);
            }
            buffer.flush();
            stream.getFD().sync();
        } catch (IOException | RuntimeException | Error ex) {
            try {
                channel.truncate(before);
            } catch (IOException again) {
                ex.addSuppressed(again);
            }
            throw ex;
        }
        end = before + buffer.takeCount();
        BasicFileAttributes now = attributes();
        if (now == null || !isOurs(now)) {
            return false;
        }
        boolean whole = now.size() >= end;
        if (!whole) {
            tellCut(end, now.size());
            end = now.size();
        }
        return whole;
    }

    private void tellCut(long from, long to) {
        log.warn(
                "File {}: another program has cut it from {} bytes to {}. What was confirmed just before may be in no"
                    + " copy of it: let that program move the file (logrotate: 'create' in place of 'copytruncate'),"
                    + " or have the sink 'rotate' it",
                path,
                from,
                to);
    }

    /** Whether the path still names this file. */
    boolean isNamed() throws IOException {
        BasicFileAttributes now = attributes();
        return now != null && isOurs(now);
    }

    private boolean isOurs(BasicFileAttributes named) {
        // Where the system knows no keys, nobody can move a file that is open.
        return named.fileKey() == null || key.equals(named.fileKey());
    }

    private @Nullable BasicFileAttributes attributes() throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException ex) {
            return null;
        }
    }

    /** In bytes, as far as we know: what others append to it is not counted before our next turn. */
    long size() {
        return end;
    }

    /** When it came into being, in milliseconds since the epoch; of a file that we found empty, when we did. */
    long begunAt() {
        return begunAt;
    }

    void close() {
        try {
            HeldFiles.release(key, stream);
        } catch (IOException ex) {
            // All that was confirmed has been forced.
        }
    }
}
