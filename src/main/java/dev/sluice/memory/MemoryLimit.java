package dev.sluice.memory;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** How much memory connections may hold: a share of the heap, {@code 40%}, or a size, {@code 100MB}. */
public final class MemoryLimit {

    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3})\\s*%");
    private static final int MOST_PERCENT = 90;
    private static final DataSize LEAST = DataSize.ofMegabytes(1);

    /** Of the largest heap; 0 where it is a size. */
    private final int percent;
    /** Where it is no share. */
    private final DataSize size;

    private MemoryLimit(int percent, DataSize size) {
        this.percent = percent;
        this.size = size;
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if the text is none; says what would be right
     */
    public static MemoryLimit valueOf(String text) {
        Matcher share = PERCENT.matcher(text.strip());
        MemoryLimit limit = share.matches()
                ? new MemoryLimit(Integer.parseInt(share.group(1)), DataSize.ofBytes(0))
                : new MemoryLimit(0, DataSize.parse(text.strip()));
        boolean inRange = share.matches()
                ? limit.percent >= 1 && limit.percent <= MOST_PERCENT
                : limit.size.compareTo(LEAST) >= 0;
        if (!inRange) {
            throw new IllegalArgumentException("a share of the heap is 1% to " + MOST_PERCENT + "%, a size at least "
                    + LEAST.toMegabytes() + "MB");
        }
        return limit;
    }

    /** In bytes, with a heap that can grow to so many. */
    public long toBytes(long maxHeap) {
        return percent > 0 ? maxHeap / 100 * percent : size.toBytes();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MemoryLimit limit && percent == limit.percent && size.equals(limit.size);
    }

    @Override
    public int hashCode() {
        return Objects.hash(percent, size);
    }

    @Override
    public String toString() {
        return percent > 0 ? percent + "%" : size.toString();
    }
}
