package dev.sluice.client;

import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties;
import dev.sluice.transport.framing.FramingProperties.Order;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** A listener's {@code framing}, key by key, as options. */
final class FramingOptions {

    @Option(
            names = "--framing",
            paramLabel = "TYPE",
            defaultValue = "line",
            description = "Where a message ends, both ways: line, crlf, nul, delimited, length-prefixed, varint, fixed, "
                    + "stx-etx, mllp, octet-counted, until-close or raw. Default: ${DEFAULT-VALUE}.")
    private Type type = Type.LINE;

    @Option(
            names = "--max-size",
            paramLabel = "SIZE",
            defaultValue = "64KB",
            description = "Of one answer, and of one message that has to be held whole. Default: ${DEFAULT-VALUE}.")
    private DataSize maxSize = DataSize.ofKilobytes(64);

    @Option(
            names = "--delimiter",
            paramLabel = "BYTES",
            description = "delimited: as '\\r\\n\\r\\n' or 0x1D0D.")
    private @Nullable String delimiter;

    @Option(
            names = "--length-bytes",
            paramLabel = "N",
            description = "length-prefixed: size of the length, 1 to 4. Default: 4.")
    private @Nullable Integer lengthBytes;

    @Option(names = "--byte-order", paramLabel = "ORDER", description = "length-prefixed: big or little. Default: big.")
    private @Nullable Order byteOrder;

    @Option(
            names = "--length-includes-header",
            description = "length-prefixed: the length counts its own bytes, too.")
    private boolean lengthIncludesHeader;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            description = "fixed: of every message.")
    private @Nullable DataSize size;

    boolean isLine() {
        return type == Type.LINE;
    }

    Frames toFrames() throws ClientFailure {
        belongs("--delimiter", delimiter != null, Type.DELIMITED);
        belongs("--size", size != null, Type.FIXED);
        belongs("--length-bytes", lengthBytes != null, Type.LENGTH_PREFIXED);
        belongs("--byte-order", byteOrder != null, Type.LENGTH_PREFIXED);
        belongs("--length-includes-header", lengthIncludesHeader, Type.LENGTH_PREFIXED);
        try {
            Framing framing = new FramingProperties(
                            type,
                            maxSize,
                            FramingProperties.OnOversize.CLOSE,
                            delimiter,
                            lengthBytes == null ? 4 : lengthBytes,
                            byteOrder == null ? Order.BIG : byteOrder,
                            lengthIncludesHeader,
                            size)
                    .toFraming();
            return new Frames(framing, name(type), (int) maxSize.toBytes());
        } catch (IllegalArgumentException ex) {
            throw ClientFailure.usage("--" + ex.getMessage() + ".");
        }
    }

    private void belongs(String option, boolean given, Type owner) throws ClientFailure {
        if (given && type != owner) {
            throw ClientFailure.usage(
                    option + " belongs to --framing " + name(owner) + ", not to '" + name(type) + "'.");
        }
    }

    private static String name(Type type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As an operator writes it: {@code length-prefixed}. */
    static final class TypeConverter implements ITypeConverter<Type> {
        @Override
        public Type convert(String value) {
            for (Type type : Type.values()) {
                if (name(type).equalsIgnoreCase(value)) {
                    return type;
                }
            }
            throw new TypeConversionException("'" + value + "' is none of "
                    + Arrays.stream(Type.values()).map(FramingOptions::name).collect(Collectors.joining(", ")));
        }
    }

    /** {@code 64KB}, {@code 64kb}, or bytes. */
    static final class SizeConverter implements ITypeConverter<DataSize> {
        @Override
        public DataSize convert(String value) {
            try {
                return DataSize.parse(value.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException | ArithmeticException ex) {
                throw new TypeConversionException("'" + value + "' is not a size as 512, 64KB or 1MB");
            }
        }
    }
}
