package dev.sluice.bench.wire;

/** The frames of a GT06 tracker, written by hand. */
public final class Tracker {

    /** What stands around the content: the mark and the length, the type, the serial number, the checksum, the end. */
    private static final int AROUND = 2 + 1 + 1 + 2 + 2 + 2;
    /** Behind the length, of which it does not count the end. */
    private static final int UNCOUNTED = 5;

    private static final int[] TABLE = table();

    private Tracker() {}

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < 256; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x8408 : crc >>> 1;
            }
            table[i] = crc;
        }
        return table;
    }

    /** Of so many bytes. */
    public static byte[] frame(int length, int number) {
        byte[] frame = new byte[length];
        frame[0] = 0x78;
        frame[1] = 0x78;
        frame[2] = (byte) (length - UNCOUNTED);
        frame[3] = 0x22;
        for (int i = 0; i < length - AROUND; i++) {
            frame[4 + i] = (byte) (number + i);
        }
        frame[length - 6] = (byte) (number >> 8);
        frame[length - 5] = (byte) number;
        seal(frame);
        return frame;
    }

    /** Writes checksum and end. */
    public static void seal(byte[] frame) {
        int crc = crc(frame, frame.length - 4);
        frame[frame.length - 4] = (byte) (crc >> 8);
        frame[frame.length - 3] = (byte) crc;
        frame[frame.length - 2] = '\r';
        frame[frame.length - 1] = '\n';
    }

    /** Of the bytes from the length to before {@code end}. */
    public static int crc(byte[] frame, int end) {
        int crc = 0xFFFF;
        for (int i = 2; i < end; i++) {
            crc = crc >>> 8 ^ TABLE[(crc ^ frame[i]) & 0xFF];
        }
        return ~crc & 0xFFFF;
    }
}
