package dev.sluice.sink.http;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * How an attribute becomes the value of a header.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values">
 *     HTTP protocol binding for CloudEvents, 3.1.3.2</a>
 */
final class PercentEncoding {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private PercentEncoding() {}

    /** Spaces, quotes, percent signs and all that is not printable ASCII are encoded, nothing else. */
    static String encode(String value) {
        if (value.chars().allMatch(PercentEncoding::isPlain)) {
            return value;
        }
        StringBuilder encoded = new StringBuilder(value.length() + 16);
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b)) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 0x7F && c != '"' && c != '%';
    }
}
