package dev.sluice.transport.framing;

import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Order;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Every framing, and those of its variants that take another way through a decoder. */
public final class SampleFramings {

    static final int FIXED_SIZE = 7;

    private SampleFramings() {}

    public static List<FramingProperties> all() {
        return Stream.of(
                        Stream.of(Type.values())
                                .filter(type -> type != Type.DELIMITED && type != Type.LENGTH_PREFIXED)
                                .map(type -> framing(type, null, 4, Order.BIG, false)),
                        Stream.of("|", "\\r\\n\\r\\n", "aab", "abab", "0xFF00FF")
                                .map(delimiter -> framing(Type.DELIMITED, delimiter, 4, Order.BIG, false)),
                        Stream.of(1, 2, 3, 4)
                                .flatMap(bytes -> Stream.of(Order.values())
                                        .flatMap(order -> Stream.of(false, true)
                                                .map(includes ->
                                                        framing(Type.LENGTH_PREFIXED, null, bytes, order, includes)))))
                .flatMap(framings -> framings)
                .toList();
    }

    public static FramingProperties withLimit(FramingProperties framing, int maxSize, OnOversize onOversize) {
        return new FramingProperties(
                framing.type(),
                DataSize.ofBytes(maxSize),
                onOversize,
                framing.delimiter(),
                framing.lengthBytes(),
                framing.byteOrder(),
                framing.lengthIncludesHeader(),
                framing.size());
    }

    private static FramingProperties framing(
            Type type, @Nullable String delimiter, int lengthBytes, Order order, boolean includesHeader) {
        DataSize size = type == Type.FIXED ? DataSize.ofBytes(FIXED_SIZE) : null;
        return new FramingProperties(
                type, DataSize.ofBytes(100), OnOversize.SKIP, delimiter, lengthBytes, order, includesHeader, size);
    }
}
