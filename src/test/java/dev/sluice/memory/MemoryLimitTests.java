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

    @ParameterizedTest
    @ValueSource(strings = {"", "much", "0%", "91%", "-1%", "4.5%", "100KB", "100", "99999999999999999999GB"})
    void isNothingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> MemoryLimit.valueOf(text));
    }
}
