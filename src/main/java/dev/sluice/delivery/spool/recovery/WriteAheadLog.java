package dev.sluice.delivery.spool.recovery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A look into SQLite's write-ahead log before SQLite opens it: where a frame's checksum is wrong it takes the log for
 * ended, and passes over in silence what comes behind.
 *
 * <p>A log also ends amid a frame when the program was killed in a commit, of which nobody has been told yet. The index
 * that SQLite keeps beside the log, and that outlives the program though not the machine, tells the two apart: it
 * counts the frames that were committed.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#the_write_ahead_log">The Write-Ahead Log</a>
 */
final class WriteAheadLog {

    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final int MAGIC = 0x377f0682;
    private static final int INDEX_HEADER = 48;

    private final ByteBuffer log;
    private final int frameSize;
    private final boolean bigEndian;
    private int sum1;
    private int sum2;

    private WriteAheadLog(ByteBuffer log) {
        this.log = log;
        this.frameSize = FRAME_HEADER + log.getInt(8);
        this.bigEndian = (log.getInt(0) & 1) == 1;
    }

    /**
     * What of a log SQLite will not read though it should.
     *
     * @param from where that begins
     * @param size of the log
     */
    record Damage(long from, long size) {}

    /**
     * @param log the file; need not be there
     * @param index the file beside it; need not be there
     */
    static Optional<Damage> inspect(Path log, Path index) throws IOException {
        long size = Files.exists(log) ? Files.size(log) : 0;
        Optional<Index> counted = Index.read(index);
        if (size < HEADER) {
            return size > 0 || counted.map(i -> i.frames > 0).orElse(false)
                    ? Optional.of(new Damage(0, size))
                    : Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            return inspect(channel.map(MapMode.READ_ONLY, 0, size), counted);
        }
    }

    private static Optional<Damage> inspect(ByteBuffer bytes, Optional<Index> index) {
        boolean sound = (bytes.getInt(0) & ~1) == MAGIC && Integer.bitCount(bytes.getInt(8)) == 1;
        WriteAheadLog log = sound ? new WriteAheadLog(bytes) : null;
        if (log == null || !log.headerIsRight()) {
            return Optional.of(new Damage(0, bytes.limit()));
        }
        return log.inspectFrames(index);
    }

    private boolean headerIsRight() {
        add(0, 24);
        return sum1 == log.getInt(24) && sum2 == log.getInt(28);
    }

    private Optional<Damage> inspectFrames(Optional<Index> index) {
        int at = HEADER;
        int frames = 0;
        int committed = 0;
        int behindCommitted = HEADER;
        while (at + frameSize <= log.limit() && saltsRight(at) == 2 && frameIsRight(at)) {
            frames++;
            if (log.getInt(at + 4) != 0) {
                committed = frames;
                behindCommitted = at + frameSize;
            }
            at += frameSize;
        }
        Damage rest = new Damage(behindCommitted, log.limit());
        if (index.isPresent() && index.get().salts == log.getLong(16)) {
            return index.get().frames > committed ? Optional.of(rest) : Optional.empty();
        }
        return index.isEmpty() && belongsToThisLog(at) ? Optional.of(rest) : Optional.empty();
    }

    /**
     * Whether what begins here, which is no whole frame, or anything behind it was written since the log last began
     * anew.
     */
    private boolean belongsToThisLog(int from) {
        if (from + FRAME_HEADER > log.limit()) {
            // Too short to say whose it is, but a log ends with a whole frame.
            return from < log.limit();
        }
        if (saltsRight(from) > 0) {
            return true;
        }
        for (int at = from + frameSize; at + FRAME_HEADER <= log.limit(); at += frameSize) {
            if (saltsRight(at) == 2) {
                return true;
            }
        }
        return false;
    }

    private int saltsRight(int frame) {
        return (log.getInt(frame + 8) == log.getInt(16) ? 1 : 0) + (log.getInt(frame + 12) == log.getInt(20) ? 1 : 0);
    }

    private boolean frameIsRight(int frame) {
        add(frame, 8);
        add(frame + FRAME_HEADER, frameSize - FRAME_HEADER);
        return sum1 == log.getInt(frame + 16) && sum2 == log.getInt(frame + 20);
    }

    private void add(int from, int length) {
        ByteBuffer words = log.duplicate().order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (int at = from; at < from + length; at += 8) {
            sum1 += words.getInt(at) + sum2;
            sum2 += words.getInt(at + 4) + sum1;
        }
    }

    /**
     * The head of the index.
     *
     * @param salts of the log that it is of
     * @param frames how many of it are committed
     */
    private record Index(long salts, int frames) {

        static Optional<Index> read(Path file) throws IOException {
            if (!Files.exists(file) || Files.size(file) < 2 * INDEX_HEADER) {
                return Optional.empty();
            }
            ByteBuffer head = ByteBuffer.allocate(2 * INDEX_HEADER);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                while (head.hasRemaining() && channel.read(head) >= 0) {}
            }
            head.order(ByteOrder.nativeOrder());
            int sum1 = 0;
            int sum2 = 0;
            for (int at = 0; at < 40; at += 8) {
                sum1 += head.getInt(at) + sum2;
                sum2 += head.getInt(at + 4) + sum1;
            }
            boolean sound = sum1 == head.getInt(40)
                    && sum2 == head.getInt(44)
                    && head.slice(0, INDEX_HEADER).equals(head.slice(INDEX_HEADER, INDEX_HEADER));
            int frames = head.getInt(16);
            return sound
                    ? Optional.of(new Index(head.order(ByteOrder.BIG_ENDIAN).getLong(32), frames))
                    : Optional.empty();
        }
    }
}
