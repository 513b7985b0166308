package dev.sluice.pattern;

import java.util.List;

/**
 * A piece of a text pattern.
 *
 * <p>How much a {@link Run} or {@link Star} takes depends on what follows; all others take what they take.
 */
sealed interface TextPart {

    /** Of the field, -1 if it has no name. */
    default int index() {
        return -1;
    }

    /** Returns how many bytes it takes; -1 if that differs. */
    int size();

    /** These bytes. */
    record Literal(byte[] bytes) implements TextPart {

        @Override
        public int size() {
            return bytes.length;
        }
    }

    /** So many bytes. */
    record Sized(int index, int size) implements TextPart {}

    /** One of these, the first that fits. */
    record OneOf(int index, List<byte[]> values) implements TextPart {

        @Override
        public int size() {
            int size = values.getFirst().length;
            return values.stream().allMatch(value -> value.length == size) ? size : -1;
        }

        /** Returns whether two of them can fit at one place. */
        boolean isAmbiguous() {
            return values.stream()
                    .anyMatch(value -> values.stream()
                            .anyMatch(other ->
                                    other != value && other.length >= value.length && Bytes.equal(other, 0, value)));
        }
    }

    /**
     * All bytes up to these.
     *
     * @param stop a character that it does not hold; empty if it may hold any
     */
    record Run(int index, byte[] stop) implements TextPart {

        @Override
        public int size() {
            return -1;
        }

        /** Returns where it has to end at the latest. */
        int limit(byte[] bytes, int from, int to) {
            if (stop.length == 0) {
                return to;
            }
            int found = ByteSearch.indexOf(bytes, from, to, stop);
            return found < 0 ? to : found;
        }

        boolean stopsAt(byte[] bytes, int position, int to) {
            return stop.length > 0 && position + stop.length <= to && Bytes.equal(bytes, position, stop);
        }
    }

    /** Any bytes, as many as there can be. */
    record Star(int index) implements TextPart {

        @Override
        public int size() {
            return -1;
        }
    }
}
