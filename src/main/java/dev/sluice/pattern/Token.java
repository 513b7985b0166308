package dev.sluice.pattern;

/** A piece of a pattern or template as it is written. */
sealed interface Token {

    /** The index of its first character. */
    int offset();

    /**
     * Bytes that stand for themselves.
     *
     * @param value with zeros where the mask has some
     * @param mask of the bits that are told
     */
    record Bytes(int offset, byte[] value, byte[] mask) implements Token {

        /** Returns whether all bits of the byte are told. */
        boolean isTold(int index) {
            return mask[index] == -1;
        }

        /** Returns how many bytes at the beginning are told wholly. */
        int told() {
            int n = 0;
            while (n < mask.length && isTold(n)) {
                n++;
            }
            return n;
        }
    }

    /**
     * What stands in braces.
     *
     * @param body between them
     */
    record Braces(int offset, String body) implements Token, TextScanner.Piece {

        /** The index of the character behind so many of the body. */
        int at(int index) {
            return offset + 1 + index;
        }
    }

    /** An end of what a checksum is made of. */
    record Parenthesis(int offset, boolean opens) implements Token {}
}
