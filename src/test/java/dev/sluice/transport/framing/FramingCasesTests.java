package dev.sluice.transport.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sluice.transport.framing.CheckedReader.Moves;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Reads the folders that {@link FramingCase} describes. */
class FramingCasesTests {

    /** Stale bytes that would change the outcome if a decoder looked at them. */
    private static final byte[] STALE = {'\n', '\r', 0x03};

    private static final List<FramingCase> CASES = FramingCase.all();

    @TestFactory
    Stream<DynamicContainer> aStreamBringsTheSameMessagesHoweverItIsCut() {
        return CASES.stream()
                .map(each -> dynamicContainer(
                        each.toString(), Stream.of(wholeInOneRead(each), splitAtEveryByte(each), byteByByte(each))));
    }

    @Test
    void everyFramingHasCasesInTheFolderOfItsName() {
        assertThat(CASES)
                .allSatisfy(each -> assertThat(kebab(each.properties().type()))
                        .as(each.name())
                        .isEqualTo(each.type()));
        assertThat(CASES)
                .extracting(FramingCase::type)
                .containsOnly(Arrays.stream(Type.values())
                        .map(FramingCasesTests::kebab)
                        .toArray(String[]::new));
    }

    private static DynamicTest wholeInOneRead(FramingCase each) {
        return dynamicTest("whole", () -> check(each, each.input().length));
    }

    private static DynamicTest splitAtEveryByte(FramingCase each) {
        return dynamicTest("split at every byte", () -> {
            for (int split = 1; split < each.input().length; split++) {
                check(each, split, each.input().length);
            }
        });
    }

    private static DynamicTest byteByByte(FramingCase each) {
        return dynamicTest("byte by byte", () -> {
            int[] ends = new int[each.input().length];
            Arrays.setAll(ends, i -> i + 1);
            check(each, ends);
        });
    }

    /** Reads up to each of these ends in turn. */
    private static void check(FramingCase each, int... ends) {
        for (Moves moves : Moves.values()) {
            for (byte stale : STALE) {
                CheckedReader reader = new CheckedReader(each.properties(), moves, stale);
                int start = 0;
                for (int end : ends) {
                    reader.read(each.input(), start, end);
                    start = end;
                }
                Reading reading = comparable(each, reader.end());
                assertThat(reading)
                        .as(() -> "%s, reads that end at %s, move %s, among stale %02X"
                                .formatted(each, Arrays.toString(ends), moves, stale))
                        .isEqualTo(comparable(each, each.expected()));
            }
        }
    }

    /** What {@code raw} hands on depends on the cuts by nature. */
    private static Reading comparable(FramingCase each, Reading reading) {
        return each.properties().type() == Type.RAW ? reading.joined() : reading;
    }

    private static String kebab(Type type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
