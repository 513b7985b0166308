package dev.sluice.pattern;

import dev.sluice.pattern.FieldType.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes the bytes of a field of its value. Immutable; the components are those of its {@link FieldType}. */
record FieldWriter(
        String name,
        Kind kind,
        int size,
        int digits,
        @Nullable FieldType prefix,
        boolean littleEndian,
        boolean flag) {

    /**
     * @throws UnwritableException if the value does not fit
     */
    byte[] write(String value) {
        byte[] written = writeContent(value);
        return prefix == null ? written : prefixed(prefix, written);
    }

    /** The same without the number in front that says how long it is. */
    byte[] writeContent(String value) {
        return switch (kind) {
            case BYTES -> bytes(value);
            case BCD -> bcd(value);
            case TEXT -> characters(value);
            case NUMBER -> number(value);
            case DIGITS -> digits(whole(value));
        };
    }

    /** Digits as a device sends fewer than there is room for: with F behind them. */
    byte[] writeFilled(String value) {
        if (value.isEmpty() || size >= 0 && value.length() > digits) {
            throw unfit(value);
        }
        int halves = size >= 0 ? digits : value.length() + value.length() % 2;
        String filled = value + "f".repeat(halves - value.length());
        try {
            return turned(HexFormat.of().parseHex(halves % 2 == 0 ? filled : "0" + filled));
        } catch (IllegalArgumentException ex) {
            throw unfit(value);
        }
    }

    /**
     * @throws UnwritableException if the number does not fit
     */
    byte[] write(long number) {
        if (kind == Kind.NUMBER) {
            if (number < 0 || size < 8 && number >>> 8 * size != 0) {
                throw unfit(Long.toString(number));
            }
            return ordered(number);
        }
        return write(Long.toString(number));
    }

    /** Writes a number that starts over where it does not fit. */
    byte[] writeWrapped(String value) {
        return kind == Kind.NUMBER ? ordered(whole(value)) : write(value);
    }

    private byte[] number(String value) {
        long number;
        boolean fits;
        if (size == 8 && !flag) {
            try {
                number = Long.parseUnsignedLong(value);
            } catch (NumberFormatException ex) {
                throw unfit(value);
            }
            fits = true;
        } else {
            number = whole(value);
            fits = size == 8
                    || (flag
                            ? number == number << 64 - 8 * size >> 64 - 8 * size
                            : number >= 0 && number >>> 8 * size == 0);
        }
        if (!fits) {
            throw unfit(value);
        }
        return ordered(number);
    }

    private byte[] ordered(long number) {
        if (size == 1) {
            return new byte[] {(byte) number};
        }
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[littleEndian ? i : size - 1 - i] = (byte) (number >>> 8 * i);
        }
        return bytes;
    }

    private byte[] digits(long number) {
        String text = digits == 10 ? Long.toString(number) : Long.toHexString(number);
        if (number < 0 || size >= 0 && text.length() > size) {
            throw unfit(Long.toString(number));
        }
        String padded = "0".repeat(Math.max(0, size - text.length())) + text;
        return (flag ? padded.toUpperCase(Locale.ROOT) : padded).getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] characters(String value) {
        byte[] bytes = Charsets.encode(value, StandardCharsets.ISO_8859_1);
        if (size < 0) {
            return bytes;
        }
        if (bytes.length > size) {
            throw unfit(value);
        }
        return Arrays.copyOf(bytes, size);
    }

    private byte[] bcd(String value) {
        int most = size >= 0 ? digits : value.length();
        if (value.isEmpty() || value.length() > most || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw unfit(value);
        }
        int bytes = size >= 0 ? size : (value.length() + 1) / 2;
        return turned(HexFormat.of().parseHex("0".repeat(2 * bytes - value.length()) + value));
    }

    private byte[] bytes(String value) {
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(value);
        } catch (IllegalArgumentException ex) {
            throw new UnwritableException("'" + value + "' is not bytes in hex, as '" + name + "' has to be");
        }
        if (size >= 0 && bytes.length != size) {
            throw unfit(value);
        }
        return turned(bytes);
    }

    private byte[] turned(byte[] bytes) {
        if (littleEndian) {
            for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
                byte swapped = bytes[i];
                bytes[i] = bytes[j];
                bytes[j] = swapped;
            }
        }
        return bytes;
    }

    private static byte[] prefixed(FieldType prefix, byte[] content) {
        byte[] length = prefix.writer().write(content.length);
        byte[] all = Arrays.copyOf(length, length.length + content.length);
        System.arraycopy(content, 0, all, length.length, content.length);
        return all;
    }

    private long whole(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException ex) {
            throw new UnwritableException("'" + value + "' is not a number that '" + name + "' can write");
        }
    }

    private UnwritableException unfit(String value) {
        return new UnwritableException("'" + value + "' does not fit '" + name + "'");
    }
}
