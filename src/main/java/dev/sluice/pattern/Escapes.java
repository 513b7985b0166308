package dev.sluice.pattern;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is written in place of bytes that a frame cannot hold between its marks. Immutable. */
final class Escapes {

    /** A sequence that stands for a byte. */
    private record Escape(byte meant, byte[] written) {}

    /** The longest first, since the longest that fits is meant. */
    private final List<Escape> escapes;
    /** Whether a byte begins a sequence, by its value. */
    private final boolean[] begins = new boolean[256];
    /** What a byte is written as, by its value; null for itself. */
    private final byte[][] written = new byte[256][];

    private Escapes(List<Escape> escapes) {
        this.escapes = escapes;
        for (Escape escape : escapes) {
            begins[escape.written[0] & 0xFF] = true;
            written[escape.meant & 0xFF] = escape.written;
        }
    }

    /**
     * @param escapes hex of one byte, and of the bytes that stand for it
     * @throws PatternException if one is not that
     */
    static Escapes of(Map<String, String> escapes) {
        Map<String, String> meant = new HashMap<>();
        escapes.forEach((key, value) -> {
            String other = meant.putIfAbsent(value.replace(" ", "").toUpperCase(Locale.ROOT), key);
            if (other != null) {
                throw new PatternException(
                        0, "'" + value + "' stands for both '" + other + "' and '" + key + "', so neither can be told");
            }
        });
        return new Escapes(escapes.entrySet().stream()
                .map(entry -> escape(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingInt((Escape escape) -> escape.written.length)
                        .reversed())
                .toList());
    }

    private static Escape escape(String meant, String written) {
        byte[] key = bytes(meant);
        if (key.length != 1) {
            throw new PatternException(0, "'" + meant + "' is not one byte in hex, such as \"7E\": \"7D02\"");
        }
        byte[] value = bytes(written);
        if (value.length == 0) {
            throw new PatternException(0, "'" + meant + "' has no bytes that stand for it, such as \"7E\": \"7D02\"");
        }
        return new Escape(key[0], value);
    }

    /**
     * @throws PatternException if it is not hex
     */
    static byte[] bytes(String hex) {
        try {
            return HexFormat.of().parseHex(hex.replace(" ", ""));
        } catch (IllegalArgumentException ex) {
            throw new PatternException(0, "'" + hex + "' is not bytes in hex, such as 7D02");
        }
    }

    boolean isEmpty() {
        return escapes.isEmpty();
    }

    /** Undoes them in place, where what comes out is never longer. Returns where it ends. */
    int undo(byte[] bytes, int from, int to) {
        int read = from;
        while (read < to && !begins[bytes[read] & 0xFF]) {
            read++;
        }
        int write = read;
        while (read < to) {
            int length = 1;
            byte meant = bytes[read];
            if (begins[meant & 0xFF]) {
                for (Escape escape : escapes) {
                    if (escape.written.length <= to - read && Bytes.equal(bytes, read, escape.written)) {
                        meant = escape.meant;
                        length = escape.written.length;
                        break;
                    }
                }
            }
            bytes[write++] = meant;
            read += length;
        }
        return write;
    }

    /** Returns the bytes, with those between these indexes escaped. */
    byte[] apply(byte[] bytes, int from, int to) {
        int more = 0;
        for (int i = from; i < to; i++) {
            byte[] escaped = written[bytes[i] & 0xFF];
            more += escaped == null ? 0 : escaped.length - 1;
        }
        byte[] all = Arrays.copyOf(bytes, bytes.length + more);
        int at = from;
        for (int i = from; i < to; i++) {
            byte[] escaped = written[bytes[i] & 0xFF];
            if (escaped == null) {
                all[at++] = bytes[i];
            } else {
                System.arraycopy(escaped, 0, all, at, escaped.length);
                at += escaped.length;
            }
        }
        System.arraycopy(bytes, to, all, at, bytes.length - to);
        return all;
    }
}
