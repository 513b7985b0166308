package dev.sluice.pattern;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.sftwnd.crayfish.common.crc.CrcModel;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ChecksumTests {

    private static final byte[] CHECK = "123456789".getBytes(US_ASCII);

    static List<String> cyclic() {
        return Crc.names().stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("cyclic")
    void eachHasTheCheckValueOfTheCatalogue(String name) {
        long check = Objects.requireNonNull(Crc.model(name)).check() & 0xFFFF_FFFFL;

        assertThat(Checksum.named(name).of(CHECK, 0, CHECK.length)).isEqualTo(check);
    }

    @ParameterizedTest
    @CsvSource({
        "crc-16/x-25, 906E",
        "crc-16/ccitt-false, 29B1",
        "crc-24/q, CDE703",
        "crc-32, CBF43926",
        "crc-32/iscsi, E3069283",
        "xor-8, 31",
        "sum-8, DD",
        "sum-16, 1DD",
        "lrc-8, 23"
    })
    void theNamesOfManualsAreKnown(String name, String check) {
        assertThat(Checksum.named(name).of(CHECK, 0, CHECK.length)).isEqualTo(HexFormat.fromHexDigitsToLong(check));
    }

    /** Whose 173 models were written by somebody else. */
    @Test
    void anotherLibraryComesToTheSameOfRandomBytes() {
        Random random = new Random(20);
        int compared = 0;
        for (String name : Checksum.names()) {
            CrcModel other = CrcModel.getModels()
                    .filter(model -> model.getName().equals(name.toUpperCase(Locale.ROOT)))
                    // Of eight bits that are not reflected, theirs fails with bytes beyond 127.
                    .filter(model -> model.getWidth() > 8 || model.isRefin())
                    .findFirst()
                    .orElse(null);
            if (other == null) {
                continue;
            }
            compared++;
            for (int i = 0; i < 200; i++) {
                byte[] bytes = new byte[1 + random.nextInt(100)];
                random.nextBytes(bytes);
                // Of no bytes at all theirs is always 0.
                int from = random.nextInt(bytes.length);
                int to = from + 1 + random.nextInt(bytes.length - from);
                long theirs = other.getCRC(Arrays.copyOfRange(bytes, from, to), to - from)
                        .getCrc();

                assertThat(Checksum.named(name).of(bytes, from, to)).as(name).isEqualTo(theirs);
            }
        }
        assertThat(compared).isGreaterThan(45);
    }

    @Test
    void oneThatDoesNotExistIsToldWithTheNearest() {
        assertThatExceptionOfType(PatternException.class)
                .isThrownBy(() -> Checksum.named("crc-16/modbuss"))
                .withMessage("there is no checksum 'crc-16/modbuss'. Did you mean 'crc-16/modbus'?");
    }
}
