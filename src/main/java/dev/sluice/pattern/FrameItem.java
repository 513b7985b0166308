package dev.sluice.pattern;

/** A piece of a frame's pattern. */
sealed interface FrameItem permits HexPiece.Literal, HexPiece.Sized, FrameItem.UpTo, FrameItem.Length, FrameItem.Sum {

    /** How many bytes it takes; -1 if that differs. */
    int size();

    /** Text up to a byte. */
    record UpTo(byte stop) implements FrameItem {

        /** Longer it is not. */
        static final int MOST = 64;

        @Override
        public int size() {
            return -1;
        }
    }

    /**
     * How many bytes of the frame follow it.
     *
     * @param delta to be added to that number
     * @param mask of the bits of the field that are the number
     */
    record Length(FieldType type, int delta, long mask) implements FrameItem {

        @Override
        public int size() {
            return type.size();
        }

        /** Returns how many bytes follow by these, or -1 if that cannot be. */
        long following(byte[] bytes, int from, int to) {
            long number = type.length(bytes, from, to);
            return number < 0 ? -1 : Math.max(-1, (number & mask) - delta);
        }

        /**
         * @throws UnwritableException if the number is too large
         */
        byte[] write(long following) {
            long number = following + delta;
            if (number < 0 || (number & mask) != number) {
                throw new UnwritableException("{length} cannot be " + number + " in '" + type + "'");
            }
            return type.writer().write(number);
        }
    }

    /** The checksum. */
    record Sum(FieldType type) implements FrameItem {

        @Override
        public int size() {
            return type.size();
        }
    }

    /**
     * A place in a frame: before the item of this index.
     *
     * @param inTail whether it is behind {*}
     */
    record Place(boolean inTail, int index) {}

    /**
     * What the checksum is, where it stands and what it is made of.
     *
     * @param at its own place
     */
    record Sealing(Checksum algorithm, FieldType type, Place at, Place from, Place to) {

        /**
         * How a checksum is written.
         *
         * @param spec a type, or hex, HEX or le for as many bytes as it has; empty for a binary number of these
         * @param offset of it in its pattern
         * @throws PatternException if it is none
         */
        static FieldType type(String spec, Checksum algorithm, int offset) {
            int size = algorithm.size();
            FieldType type = switch (spec) {
                case "" -> FieldType.parse("u" + 8 * size, offset);
                case "le" -> FieldType.parse("u" + 8 * size + (size == 1 ? "" : "le"), offset);
                case "hex", "HEX" -> FieldType.parse(spec + 2 * size, offset);
                default -> FieldType.parse(spec, offset);
            };
            if (type.size() < 0 || !type.isNumber()) {
                throw PatternException.at(
                        offset,
                        "'" + type + "' is no number of a known size",
                        "A checksum is written as '{checksum}', '{checksum:le}', '{checksum:HEX}' or '{checksum:u32}'");
            }
            return type;
        }
    }
}
