package dev.sluice.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteSearchTests {

    private static final int LONGEST = 40;

    private static final int ALIGNMENTS = 8;

    @Test
    void everyValueIsFoundAtEveryPlaceAndAlignmentAndOnlyThere() {
        byte[] bytes = new byte[ALIGNMENTS + LONGEST + ALIGNMENTS];
        for (int value = 0; value < 256; value++) {
            byte wanted = (byte) value;
            // Neighbours of the wanted value are what a borrow between bytes of a long would mistake for it.
            for (byte other : new byte[] {(byte) (value + 1), (byte) (value - 1), (byte) (value ^ 0x80)}) {
                for (int from = 0; from < ALIGNMENTS; from++) {
                    for (int length = 0; length <= LONGEST; length++) {
                        int to = from + length;
                        Arrays.fill(bytes, wanted);
                        Arrays.fill(bytes, from, to, other);
                        check(bytes, from, to, wanted, -1);
                        if (length > 0) {
                            int place = from + (value + length) % length;
                            bytes[place] = wanted;
                            check(bytes, from, to, wanted, place);
                        }
                    }
                }
            }
        }
    }

    @Test
    void theFirstOfManyIsFound() {
        Random random = new Random(1);
        byte[] bytes = new byte[ALIGNMENTS + LONGEST + ALIGNMENTS];
        for (int round = 0; round < 200_000; round++) {
            byte wanted = (byte) random.nextInt(256);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (wanted + random.nextInt(4));
            }
            int from = random.nextInt(ALIGNMENTS);
            int to = from + random.nextInt(LONGEST + 1);
            check(bytes, from, to, wanted, naive(bytes, from, to, new byte[] {wanted}));
        }
    }

    @Test
    void theFirstWholeSequenceIsFound() {
        Random random = new Random(2);
        byte[] bytes = new byte[ALIGNMENTS + LONGEST + ALIGNMENTS];
        for (int round = 0; round < 200_000; round++) {
            // Few values, so that there are many beginnings, overlaps and ends just behind the range.
            byte[] values = {0, (byte) 0x80, (byte) 0xFF, 'a'};
            int different = 1 + random.nextInt(3);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = values[random.nextInt(different)];
            }
            byte[] wanted = new byte[1 + random.nextInt(5)];
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = values[random.nextInt(different)];
            }
            int from = random.nextInt(ALIGNMENTS);
            int to = from + random.nextInt(LONGEST + 1);
            int found = ByteSearch.indexOf(bytes, from, to, wanted);
            int expected = naive(bytes, from, to, wanted);
            if (found != expected) {
                assertThat(found)
                        .as(
                                "%s from %d to %d of %s",
                                HexFormat.of().formatHex(wanted),
                                from,
                                to,
                                HexFormat.of().formatHex(bytes))
                        .isEqualTo(expected);
            }
        }
    }

    private static void check(byte[] bytes, int from, int to, byte wanted, int expected) {
        int found = ByteSearch.indexOf(bytes, from, to, wanted);
        if (found != expected) {
            assertThat(found)
                    .as(
                            "%02X from %d to %d of %s",
                            wanted, from, to, HexFormat.of().formatHex(bytes))
                    .isEqualTo(expected);
        }
    }

    private static int naive(byte[] bytes, int from, int to, byte[] wanted) {
        for (int i = from; i + wanted.length <= to; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }
}
