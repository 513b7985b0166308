package dev.sluice.pattern;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
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

    private final FieldWriter writer;

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
        this.writer = new FieldWriter(name, kind, size, digits, prefix, littleEndian, flag);
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

    /** Returns whether its value is digits. */
    boolean isNumeric() {
        return isNumber() || kind == Kind.BCD;
    }

    /** Returns the greatest number that it can be; -1 if it is none. */
    long greatest() {
        return switch (kind) {
            case NUMBER -> Long.MAX_VALUE >>> Math.max(0, 63 - 8 * size + (flag ? 1 : 0));
            case DIGITS -> power(digits, size < 0 ? MOST_DIGITS : size);
            case BCD -> power(10, digits < 0 ? MOST_DIGITS : Math.min(MOST_DIGITS, digits));
            case TEXT -> power(10, size < 0 ? MOST_DIGITS : Math.min(MOST_DIGITS, size));
            case BYTES -> -1;
        };
    }

    private static long power(int radix, int digits) {
        long all = 1;
        for (int i = 0; i < digits; i++) {
            all *= radix;
        }
        return all - 1;
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

    /** Writes values as this type. */
    FieldWriter writer() {
        return writer;
    }
}
