package dev.sluice.pattern;

import org.jspecify.annotations.Nullable;

/** What stands in a hex pattern, but for {@code {*}}. Bytes, and fields of a known size, stand in frames as well. */
sealed interface HexPiece {

    /**
     * Returns where it ends, or -1 if it does not fit.
     *
     * @param spans takes where its field stands, if not null
     */
    int match(byte[] bytes, int from, int to, int @Nullable [] spans);

    /** How many bytes it takes at least. */
    int least();

    /** Returns whether not every bytes fit. */
    boolean isCondition();

    void addTo(Shape shape);

    /**
     * These bytes.
     *
     * @param told whether all their bits are told
     */
    record Literal(byte[] value, byte[] mask, boolean told) implements HexPiece, FrameItem {

        static Literal of(Token.Bytes bytes) {
            return new Literal(bytes.value(), bytes.mask(), bytes.told() == bytes.mask().length);
        }

        @Override
        public int size() {
            return value.length;
        }

        /** Returns whether so many of its bytes, which are all there, stand at this index. */
        boolean fits(byte[] bytes, int from, int length) {
            return Bytes.fit(bytes, from, value, mask, length);
        }

        /** The index of the first that lies wholly between {@code from} and {@code to}, or -1. */
        int find(byte[] bytes, int from, int to) {
            if (told) {
                return ByteSearch.indexOf(bytes, from, to, value);
            }
            for (int i = from; i <= to - value.length; i++) {
                if (fits(bytes, i, value.length)) {
                    return i;
                }
            }
            return -1;
        }

        @Override
        public int match(byte[] bytes, int from, int to, int @Nullable [] spans) {
            int end = from + value.length;
            return end <= to
                            && (told
                                    ? Bytes.equal(bytes, from, value)
                                    : Bytes.fit(bytes, from, value, mask, value.length))
                    ? end
                    : -1;
        }

        @Override
        public int least() {
            return value.length;
        }

        @Override
        public boolean isCondition() {
            for (byte some : mask) {
                if (some != 0) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void addTo(Shape shape) {
            shape.bytes(new Masked(value, mask));
        }
    }

    /** So many bytes, or some of these. */
    record Sized(Field field, int size) implements HexPiece, FrameItem {

        @Override
        public int match(byte[] bytes, int from, int to, int @Nullable [] spans) {
            int end = from + size;
            if (end > to || !field.takes(bytes, from, end)) {
                return -1;
            }
            return field.set(spans, from, end);
        }

        @Override
        public int least() {
            return size;
        }

        @Override
        public boolean isCondition() {
            return !field.only().isEmpty();
        }

        @Override
        public void addTo(Shape shape) {
            if (field.only().isEmpty()) {
                shape.any(size);
            } else {
                shape.oneOf(field.only());
            }
        }
    }

    record Prefixed(Field field, FieldType prefix) implements HexPiece {

        @Override
        public int match(byte[] bytes, int from, int to, int @Nullable [] spans) {
            int start = from + prefix.size();
            if (start > to) {
                return -1;
            }
            int end = start + (int) prefix.length(bytes, from, start);
            if (end > to || !field.takes(bytes, start, end)) {
                return -1;
            }
            return field.set(spans, start, end);
        }

        @Override
        public int least() {
            return prefix.size();
        }

        @Override
        public boolean isCondition() {
            return true;
        }

        @Override
        public void addTo(Shape shape) {
            shape.unknown();
        }
    }
}
