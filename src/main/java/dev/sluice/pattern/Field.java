package dev.sluice.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A field of a hex pattern.
 *
 * @param name empty if it has none
 * @param index of its name, -1 if it has none
 * @param only what it may be; empty if it may be anything
 */
record Field(String name, int index, FieldType type, List<Masked> only) {

    private static final Pattern NAMES = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    /** Gives names their indexes, and takes each but once. */
    static final class Names {

        private final List<String> names = new ArrayList<>();
        private final Set<String> taken = new HashSet<>();

        /**
         * @return the index, -1 for no name
         * @throws PatternException if it is no name, or there already
         */
        int add(String name, int offset) {
            if (name.isEmpty()) {
                return -1;
            }
            check(name, offset);
            if (!taken.add(name)) {
                throw PatternException.at(offset, "a second field '" + name + "'", "Each has a name of its own");
            }
            names.add(name);
            return names.size() - 1;
        }

        static void check(String name, int offset) {
            if (!NAMES.matcher(name).matches()) {
                throw PatternException.at(
                        offset,
                        "'" + name + "' is no name",
                        "It begins with a letter, and letters, digits, '-' and '_' follow");
            }
        }

        List<String> all() {
            return List.copyOf(names);
        }
    }

    /**
     * @throws PatternException if it is none
     */
    static Field parse(Token.Braces braces, Names names) {
        String body = braces.body();
        int colon = body.indexOf(':');
        String name = colon < 0 ? body : body.substring(0, colon);
        if (colon < 0) {
            throw PatternException.at(
                    braces.offset(),
                    "'{" + body + "}' does not say how it is read",
                    "Give the number of bytes, such as '{" + name + ":2}', or a type, such as '{" + name + ":u16}'");
        }
        int equals = body.indexOf('=', colon);
        String spec = body.substring(colon + 1, equals < 0 ? body.length() : equals);
        FieldType type = FieldType.parse(spec, braces.at(colon + 1));
        int index = names.add(name, braces.at(0));
        List<Masked> only = equals < 0
                ? List.of()
                : Arrays.stream(body.substring(equals + 1).split("\\|", -1))
                        .map(value -> alternative(value, type, braces.at(equals + 1)))
                        .toList();
        return new Field(name, index, type, only);
    }

    private static Masked alternative(String value, FieldType type, int offset) {
        try {
            Masked written = Masked.of(
                    switch (type.kind()) {
                        case NUMBER, DIGITS -> type.writer().write(decimal(value));
                        case BCD -> type.writer().writeFilled(value);
                        case BYTES, TEXT -> type.writer().writeContent(value);
                    });
            switch (type.kind()) {
                case TEXT, DIGITS -> ignoreCase(written.value(), written.mask());
                case BCD -> {
                    if (type.isOddBcd()) {
                        int first = type.isLittleEndian() ? written.length() - 1 : 0;
                        written.mask()[first] = 0xF;
                        written.value()[first] &= 0xF;
                    }
                }
                case NUMBER, BYTES -> {}
            }
            return written;
        } catch (UnwritableException ex) {
            throw PatternException.at(offset, ex.getMessage());
        }
    }

    private static void ignoreCase(byte[] bytes, byte[] mask) {
        for (int i = 0; i < bytes.length; i++) {
            if (Character.isLetter((char) bytes[i]) && bytes[i] > 0) {
                mask[i] = (byte) 0xDF;
                bytes[i] &= (byte) 0xDF;
            }
        }
    }

    /** A number may be written as 0x1F. */
    private static String decimal(String value) {
        if (!value.startsWith("0x")) {
            return value;
        }
        try {
            return Long.toUnsignedString(Long.parseUnsignedLong(value, 2, value.length(), 16));
        } catch (NumberFormatException ex) {
            throw new UnwritableException("'" + value + "' is not a number");
        }
    }

    /** Notes where it stands, if it has a name and anybody asks. Returns the end. */
    int set(int @Nullable [] spans, int start, int end) {
        if (spans != null && index >= 0) {
            spans[2 * index] = start;
            spans[2 * index + 1] = end;
        }
        return end;
    }

    /** Returns whether these bytes may be its value. */
    boolean takes(byte[] bytes, int from, int to) {
        if (only.isEmpty()) {
            return true;
        }
        for (Masked alternative : only) {
            if (alternative.fits(bytes, from, to)) {
                return true;
            }
        }
        return false;
    }
}
