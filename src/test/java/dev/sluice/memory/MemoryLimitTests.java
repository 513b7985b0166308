package dev.sluice.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MemoryLimitTests {

    @Test
    void isAShareOfTheHeapOrASize() {
        assertThat(MemoryLimit.valueOf("40%").toBytes(1000)).isEqualTo(400);
        assertThat(MemoryLimit.valueOf(" 5 % ").toBytes(1000)).isEqualTo(50);
        assertThat(MemoryLimit.valueOf("100MB").toBytes(1000)).isEqualTo(100L << 20);
    }

    @Test
    void isAValueThatIsWrittenAsItIsRead() {
        assertThat(MemoryLimit.valueOf("40 %"))
                .isEqualTo(MemoryLimit.valueOf("40%"))
                .hasSameHashCodeAs(MemoryLimit.valueOf("40%"))
                .isNotEqualTo(MemoryLimit.valueOf("41%"))
                .isNotEqualTo(MemoryLimit.valueOf("40MB"))
                .hasToString("40%");
        assertThat(MemoryLimit.valueOf("1MB")).isEqualTo(MemoryLimit.valueOf("1024KB"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "much", "0%", "91%", "-1%", "4.5%", "100KB", "100", "99999999999999999999GB"})
    void isNothingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> MemoryLimit.valueOf(text));
    }
}
