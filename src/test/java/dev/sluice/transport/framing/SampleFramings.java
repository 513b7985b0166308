package dev.sluice.transport.framing;

import dev.sluice.transport.framing.FramingProperties.OnMismatch;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Order;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Every framing, and those of its variants that take another way through a decoder. */
public final class SampleFramings {

    static final int FIXED_SIZE = 7;

    private SampleFramings() {}

    /** As it is when an operator says nothing but the type. */
    public static FramingProperties of(Type type) {
        return new FramingProperties(
                type,
                DataSize.ofKilobytes(64),
                OnOversize.CLOSE,
                null,
                4,
                Order.BIG,
                false,
                null,
                List.of(),
                null,
                OnMismatch.DROP,
                Map.of(),
                "");
    }

    public static List<FramingProperties> all() {
        return Stream.of(
                        Stream.of(Type.values())
                                .filter(type -> type != Type.DELIMITED && type != Type.LENGTH_PREFIXED)
                                .filter(type -> type != Type.FRAMES)
                                .map(type -> framing(type, null, 4, Order.BIG, false)),
                        Stream.of("|", "\\r\\n\\r\\n", "aab", "abab", "0xFF00FF")
                                .map(delimiter -> framing(Type.DELIMITED, delimiter, 4, Order.BIG, false)),
                        Stream.of(1, 2, 3, 4)
                                .flatMap(bytes -> Stream.of(Order.values())
                                        .flatMap(order -> Stream.of(false, true)
                                                .map(includes ->
                                                        framing(Type.LENGTH_PREFIXED, null, bytes, order, includes)))),
                        Stream.of(marked(), counted(), ended()))
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
                framing.size(),
                framing.frames(),
                framing.checksum(),
                framing.onMismatch(),
                framing.escape(),
                framing.between());
    }

    /** Between marks, with escapes and a checksum. */
    static FramingProperties marked() {
        return frames("7E ({*}) {checksum} 7E", "xor-8", Map.of("7E", "7D02", "7D", "7D01"), "0A");
    }

    /** By their length. */
    static FramingProperties counted() {
        return frames("'Z' {length:u32} {*}", null, Map.of(), "");
    }

    /** By their beginning and end. */
    static FramingProperties ended() {
        return frames("'$' {*} 0D0A", null, Map.of(), "");
    }

    private static FramingProperties frames(
            String pattern, @Nullable String checksum, Map<String, String> escape, String between) {
        return new FramingProperties(
                Type.FRAMES,
                DataSize.ofBytes(100),
                OnOversize.SKIP,
                null,
                4,
                Order.BIG,
                false,
                null,
                List.of(pattern),
                checksum,
                OnMismatch.DROP,
                escape,
                between);
    }

    private static FramingProperties framing(
            Type type, @Nullable String delimiter, int lengthBytes, Order order, boolean includesHeader) {
        DataSize size = type == Type.FIXED ? DataSize.ofBytes(FIXED_SIZE) : null;
        return new FramingProperties(
                type,
                DataSize.ofBytes(100),
                OnOversize.SKIP,
                delimiter,
                lengthBytes,
                order,
                includesHeader,
                size,
                List.of(),
                null,
                OnMismatch.DROP,
                Map.of(),
                "");
    }
}
