package dev.sluice.pattern;

/** Bytes compared. */
final class Bytes {

    private Bytes() {}

    /**
     * Returns whether so many bytes at this index, which are all there, are those of the value where the mask has ones.
     */
    static boolean fit(byte[] bytes, int from, byte[] value, byte[] mask, int length) {
        for (int i = 0; i < length; i++) {
            if ((bytes[from + i] & mask[i]) != value[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether the bytes at this index, which are all there, are the value. */
    static boolean equal(byte[] bytes, int from, byte[] value) {
        for (int i = 0; i < value.length; i++) {
            if (bytes[from + i] != value[i]) {
                return false;
            }
        }
        return true;
    }
}
