package dev.sluice.sink.file;

import dev.sluice.check.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * When a file is put aside for a new one, and what becomes of those put aside. They lie beside it and have its name
 * with the time in UTC behind it: {@code greeter.log.20260304T235958.765Z}, which sorts by age. Each path that the
 * template makes has its own.
 *
 * @param size at which a file is put aside; what is written at once stays together, so it may be somewhat larger
 * @param age since the file came into being, after which the next message begins a new one
 * @param keep how many are kept of those put aside, the newest ones; all if absent
 * @param compress what becomes of a file that was put aside
 */
public record RotationProperties(
        @Nullable DataSize size,
        @Nullable Duration age,
        @Nullable Integer keep,
        @DefaultValue("none") Compression compress) {

    private static final DataSize SMALLEST = DataSize.ofKilobytes(1);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    void check(Check check) {
        check.that(
                size != null || age != null,
                "rotate",
                "says not when. Give 'size', such as 100MB, 'age', such as 1d, or both");
        check.that(size == null || size.compareTo(SMALLEST) >= 0, "rotate.size", "must be 1KB at the least");
        check.that(age == null || age.compareTo(SHORTEST) >= 0, "rotate.age", "must be 1s at the least");
        check.that(keep == null || keep >= 1, "rotate.keep", "must be 1 at the least. Leave it out to keep all");
    }

    /** Of files that were put aside. */
    public enum Compression {
        /** They stay as they are. */
        NONE,
        /** As {@code gzip} does, which adds {@code .gz} to the name. */
        GZIP
    }
}
