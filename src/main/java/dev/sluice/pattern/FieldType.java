package dev.sluice.pattern;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the bytes of a field and its value become each other. Immutable. */
final class FieldType {

    /** What the bytes are. */
    enum Kind {
        /** Any, whose value is hex. */
        BYTES,
        /** A binary number. */
        NUMBER,
        /** Two digits in a byte, F as filler at the end. */
        BCD,
        /** ISO 8859-1, zero bytes as filler at the end. */
        TEXT,
        /** A number in characters. */
        DIGITS
    }

    /** What a field can be at the most, in bytes. */
    private static final int MOST_SIZE = 65_535;
    /** How many characters a number has at the most. */
    private static final int MOST_DIGITS = 10;

    private static final Pattern NUMBERS = Pattern.compile("([ui])(8|16|24|32|48|64)(le)?");
    private static final Pattern SIZED = Pattern.compile("(bcd|text|)(\\d{1,5})(le)?");
    private static final Pattern PREFIXED = Pattern.compile("(bcd|text|)\\[(u8|u16|u16le)](le)?");
    private static final Pattern DIGITS = Pattern.compile("(dec|hex|HEX)(\\d{1,2})?");

    private final String name;
    private final Kind kind;
    /** In bytes; -1 if that is not known before. */
    private final int size;
    /** Of its digits, if it is of some. */
    private final int digits;
    /** The number in front that says how long it is. */
    private final @Nullable FieldType prefix;

    private final boolean littleEndian;
    /** Whether numbers have a sign, or digits are written in upper case. */
    private final boolean flag;

    private FieldType(
            String name,
            Kind kind,
            int size,
            int digits,
            @Nullable FieldType prefix,
            boolean littleEndian,
            boolean flag) {
        this.name = name;
        this.kind = kind;
        this.size = size;
        this.digits = digits;
        this.prefix = prefix;
        this.littleEndian = littleEndian;
        this.flag = flag;
    }

    /**
     * @param offset of the type in its pattern
     * @throws PatternException if there is no such type
     */
    static FieldType parse(String spec, int offset) {
        Matcher matcher = NUMBERS.matcher(spec);
        if (matcher.matches()) {
            int bytes = Integer.parseInt(matcher.group(2)) / 8;
            return new FieldType(
                    spec,
                    Kind.NUMBER,
                    bytes,
                    0,
                    null,
                    matcher.group(3) != null,
                    matcher.group(1).equals("i"));
        }
        matcher = SIZED.matcher(spec);
        if (matcher.matches()) {
            int number = Integer.parseInt(matcher.group(2));
            if (number < 1 || number > MOST_SIZE) {
                throw PatternException.at(offset, "a size of " + number, "It must be from 1 to " + MOST_SIZE);
            }
            Kind kind = kind(matcher.group(1));
            int bytes = kind == Kind.BCD ? (number + 1) / 2 : number;
            return new FieldType(spec, kind, bytes, number, null, matcher.group(3) != null, false);
        }
        matcher = PREFIXED.matcher(spec);
        if (matcher.matches()) {
            FieldType prefix = parse(matcher.group(2), offset);
            return new FieldType(spec, kind(matcher.group(1)), -1, -1, prefix, matcher.group(3) != null, false);
        }
        matcher = DIGITS.matcher(spec);
        if (matcher.matches()) {
            int number = matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2));
            if (number == 0 || number > MOST_DIGITS) {
                throw PatternException.at(offset, number + " digits", "A number has 1 to " + MOST_DIGITS);
            }
            int radix = matcher.group(1).equals("dec") ? 10 : 16;
            return new FieldType(
                    spec,
                    Kind.DIGITS,
                    number,
                    radix,
                    null,
                    false,
                    matcher.group(1).equals("HEX"));
        }
        if (spec.equals("text")) {
            return new FieldType(spec, Kind.TEXT, -1, -1, null, false, false);
        }
        throw PatternException.at(offset, "there is no type '" + spec + "'", Suggestion.ofType(spec));
    }

    private static Kind kind(String written) {
        return switch (written) {
            case "bcd" -> Kind.BCD;
            case "text" -> Kind.TEXT;
            default -> Kind.BYTES;
        };
    }

    Kind kind() {
        return kind;
    }

    /** In bytes; -1 if that is not known before. */
    int size() {
        return size;
    }

    /** Returns whether it is a number, binary or in characters. */
    boolean isNumber() {
        return kind == Kind.NUMBER || kind == Kind.DIGITS;
    }

    boolean isLittleEndian() {
        return littleEndian;
    }

    /** Returns whether half of its first byte is no digit of it. */
    boolean isOddBcd() {
        return kind == Kind.BCD && size >= 0 && digits % 2 == 1;
    }

    @Nullable
    FieldType prefix() {
        return prefix;
    }

    @Override
    public String toString() {
        return name;
    }

    // Reading

    /** Returns whether these bytes have a value: digits may be none. */
    boolean isValue(byte[] bytes, int from, int to) {
        return switch (kind) {
            case BYTES, TEXT, NUMBER -> true;
            case DIGITS -> digits(bytes, from, to) >= 0;
            case BCD -> bcd(bytes, from, to) != null;
        };
    }

    /** Returns the value of these bytes, or null if they have none. */
    @Nullable
    String text(byte[] bytes, int from, int to) {
        return switch (kind) {
            case BYTES -> hex(bytes, from, to);
            case BCD -> bcd(bytes, from, to);
            case TEXT -> {
                int end = to;
                while (end > from && bytes[end - 1] == 0) {
                    end--;
                }
                yield new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
            }
            case NUMBER -> {
                long number = number(bytes, from, to);
                yield flag ? Long.toString(number) : Long.toUnsignedString(number);
            }
            case DIGITS -> {
                long number = digits(bytes, from, to);
                yield number < 0 ? null : Long.toString(number);
            }
        };
    }

    /** Returns the number that these bytes are, or -1 if they are none: of a binary number, or of digits. */
    long length(byte[] bytes, int from, int to) {
        return kind == Kind.DIGITS ? digits(bytes, from, to) : number(bytes, from, to);
    }

    /** Returns whether this is a digit of a number in characters. */
    boolean isDigit(byte character) {
        return Character.digit(character, digits) >= 0;
    }

    private long number(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = 0; i < to - from; i++) {
            number = number << 8 | bytes[littleEndian ? to - 1 - i : from + i] & 0xFF;
        }
        int unused = 64 - 8 * (to - from);
        return flag ? number << unused >> unused : number;
    }

    private long digits(byte[] bytes, int from, int to) {
        if (from == to || to - from > MOST_DIGITS) {
            return -1;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(bytes[i], digits);
            if (digit < 0) {
                return -1;
            }
            number = number * digits + digit;
        }
        return number;
    }

    private String hex(byte[] bytes, int from, int to) {
        String hex = HexFormat.of().formatHex(bytes, from, to);
        if (!littleEndian) {
            return hex;
        }
        StringBuilder turned = new StringBuilder(hex.length());
        for (int i = hex.length(); i > 0; i -= 2) {
            turned.append(hex, i - 2, i);
        }
        return turned.toString();
    }

    private @Nullable String bcd(byte[] bytes, int from, int to) {
        String hex = hex(bytes, from, to);
        int start = size >= 0 ? hex.length() - digits : 0;
        int end = hex.length();
        while (end > start && hex.charAt(end - 1) == 'f') {
            end--;
        }
        for (int i = start; i < end; i++) {
            if (hex.charAt(i) > '9') {
                return null;
            }
        }
        return start == end ? null : hex.substring(start, end);
    }

    // Writing

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
        byte[] length = prefix.write(content.length);
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
