package dev.sluice.pattern;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * What makes sure that bytes are those that were sent: a cyclic redundancy check, or a sum. Names are those of the <a
 * href="https://reveng.sourceforge.io/crc-catalogue/all.htm">catalogue of parametrised CRC algorithms</a>. Immutable,
 * and safe for many threads.
 */
public final class Checksum {

    /** Makes a number of bytes. */
    private interface Algorithm {

        long of(byte[] bytes, int from, int to);
    }

    private static final Map<String, Checksum> OTHERS = Stream.of(
                    new Checksum("xor-8", 1, Checksum::xor),
                    new Checksum("sum-8", 1, (bytes, from, to) -> sum(bytes, from, to) & 0xFF),
                    new Checksum("sum-16", 2, (bytes, from, to) -> sum(bytes, from, to) & 0xFFFF),
                    new Checksum("lrc-8", 1, (bytes, from, to) -> -sum(bytes, from, to) & 0xFF),
                    new Checksum("crc-32", 4, (bytes, from, to) -> crc(new CRC32(), bytes, from, to)),
                    new Checksum("crc-32/iscsi", 4, (bytes, from, to) -> crc(new CRC32C(), bytes, from, to)))
            .collect(Collectors.toMap(Checksum::name, Function.identity()));

    private final String name;
    private final int size;
    private final Algorithm algorithm;

    private Checksum(String name, int size, Algorithm algorithm) {
        this.name = name;
        this.size = size;
        this.algorithm = algorithm;
    }

    /**
     * @throws PatternException if there is none of this name; it says which is nearest
     */
    public static Checksum named(String name) {
        Checksum other = OTHERS.get(name);
        if (other != null) {
            return other;
        }
        Crc.Model model = Crc.model(name);
        if (model == null) {
            throw new PatternException(0, "there is no checksum '" + name + "'. " + Suggestion.of(name, names()));
        }
        Crc crc = new Crc(model);
        return new Checksum(name, model.width() / 8, crc::of);
    }

    /** All names, in order. */
    public static List<String> names() {
        return Stream.concat(OTHERS.keySet().stream(), Crc.names().stream())
                .sorted()
                .toList();
    }

    public String name() {
        return name;
    }

    /** How many bytes it takes. */
    public int size() {
        return size;
    }

    /** The checksum of the bytes from {@code from} to before {@code to}. */
    public long of(byte[] bytes, int from, int to) {
        return algorithm.of(bytes, from, to);
    }

    private static long crc(java.util.zip.Checksum crc, byte[] bytes, int from, int to) {
        crc.update(bytes, from, to - from);
        return crc.getValue();
    }

    private static long xor(byte[] bytes, int from, int to) {
        int xor = 0;
        for (int i = from; i < to; i++) {
            xor ^= bytes[i];
        }
        return xor & 0xFF;
    }

    private static long sum(byte[] bytes, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += bytes[i] & 0xFF;
        }
        return sum;
    }
}
