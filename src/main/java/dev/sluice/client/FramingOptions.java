package dev.sluice.client;

import dev.sluice.text.KebabCase;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties;
import dev.sluice.transport.framing.FramingProperties.Order;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.util.unit.DataSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** A listener's {@code framing}, key by key, as options. */
final class FramingOptions {

    private final OptionSpec type;
    private final OptionSpec maxSize;
    private final OptionSpec delimiter;
    private final OptionSpec lengthBytes;
    private final OptionSpec byteOrder;
    private final OptionSpec lengthIncludesHeader;
    private final OptionSpec size;
    private final OptionSpec frames;
    private final OptionSpec checksum;

    FramingOptions(Options options) {
        type = options.value(
                "--framing",
                "TYPE",
                FramingProperties.Type.class,
                "line",
                "Where a message ends, both ways: line, crlf, nul, delimited, length-prefixed, varint, fixed, stx-etx,"
                        + " mllp, octet-counted, until-close, raw, cobs or frames. Default: line.");
        maxSize = options.value(
                "--max-size",
                "SIZE",
                DataSize.class,
                "64KB",
                "Of one answer, and of one message that has to be held whole. Default: 64KB.");
        delimiter = options.value("--delimiter", "BYTES", String.class, "delimited: as '\\r\\n\\r\\n' or 0x1D0D.");
        lengthBytes = options.value(
                "--length-bytes", "N", Integer.class, "length-prefixed: size of the length, 1 to 4. Default: 4.");
        byteOrder = options.value(
                "--byte-order", "ORDER", Order.class, "length-prefixed: big or little, of the length. Default: big.");
        lengthIncludesHeader =
                options.flag("--length-includes-header", "length-prefixed: the length counts its own bytes, too.");
        size = options.value("--size", "SIZE", DataSize.class, "fixed: of every message.");
        frames = options.values(
                "--frame",
                "PATTERN",
                String.class,
                "A pattern of frames, as '7878 ({length:u8-2} {*}) {checksum} 0D0A'; may be repeated. Messages are"
                        + " sent as they are.");
        checksum = options.value("--checksum", "NAME", String.class, "frames: what {checksum} is, as crc-16/modbus.");
    }

    boolean isLine() {
        return chosen() == FramingProperties.Type.LINE;
    }

    /** Patterns of frames say by themselves what they are. */
    private FramingProperties.Type chosen() {
        FramingProperties.Type said = type.getValue();
        return said == FramingProperties.Type.LINE && !patterns().isEmpty() ? FramingProperties.Type.FRAMES : said;
    }

    private List<String> patterns() {
        return Options.<List<String>>given(frames).orElse(List.of());
    }

    Frames toFrames() throws ClientFailure {
        belongs(delimiter, FramingProperties.Type.DELIMITED);
        belongs(size, FramingProperties.Type.FIXED);
        belongs(lengthBytes, FramingProperties.Type.LENGTH_PREFIXED);
        belongs(byteOrder, FramingProperties.Type.LENGTH_PREFIXED);
        belongs(lengthIncludesHeader, FramingProperties.Type.LENGTH_PREFIXED);
        belongs(frames, FramingProperties.Type.FRAMES);
        belongs(checksum, FramingProperties.Type.FRAMES);
        if (chosen() == FramingProperties.Type.FRAMES && patterns().isEmpty()) {
            throw ClientFailure.usage("--framing frames needs a pattern: --frame '7E {*} 7E'.");
        }
        DataSize most = maxSize.getValue();
        try {
            Framing framing = new FramingProperties(
                            chosen(),
                            most,
                            FramingProperties.OnOversize.CLOSE,
                            delimiter.getValue(),
                            Options.<Integer>given(lengthBytes).orElse(4),
                            Options.<Order>given(byteOrder).orElse(Order.BIG),
                            lengthIncludesHeader.getValue(),
                            size.getValue(),
                            patterns(),
                            checksum.getValue(),
                            FramingProperties.OnMismatch.DROP,
                            Map.of(),
                            "")
                    .toFraming();
            return new Frames(framing, name(chosen()), (int) most.toBytes());
        } catch (IllegalArgumentException ex) {
            String option = String.valueOf(ex.getMessage()).replaceFirst("^frames\\[\\d+]", "frame");
            throw ClientFailure.usage("--" + option + ".");
        }
    }

    private void belongs(OptionSpec option, FramingProperties.Type owner) throws ClientFailure {
        FramingProperties.Type chosen = chosen();
        boolean given = switch (option.<Object>getValue()) {
            case null -> false;
            case Boolean flag -> flag;
            case List<?> values -> !values.isEmpty();
            default -> true;
        };
        if (given && chosen != owner) {
            throw ClientFailure.usage(
                    option.longestName() + " belongs to --framing " + name(owner) + ", not to '" + name(chosen) + "'.");
        }
    }

    private static String name(FramingProperties.Type type) {
        return KebabCase.of(type.name());
    }

    /** As an operator writes it: {@code length-prefixed}. */
    static final class TypeConverter implements ITypeConverter<FramingProperties.Type> {
        @Override
        public FramingProperties.Type convert(String value) {
            for (FramingProperties.Type type : FramingProperties.Type.values()) {
                if (name(type).equalsIgnoreCase(value)) {
                    return type;
                }
            }
            throw new TypeConversionException("'" + value + "' is none of "
                    + Arrays.stream(FramingProperties.Type.values())
                            .map(FramingOptions::name)
                            .collect(Collectors.joining(", ")));
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
