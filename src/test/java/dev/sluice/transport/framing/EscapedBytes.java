package dev.sluice.transport.framing;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Bytes as text that one can read and type: ASCII as it is, other bytes as \r \n \t \0 \\ or \xHH. */
final class EscapedBytes {

    private EscapedBytes() {}

    /** Line breaks of the text itself stand for nothing, so that a long text can be broken anywhere. */
    static byte[] parse(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                continue;
            }
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException("write '" + c + "' as bytes: \\xHH");
            }
            if (c != '\\') {
                bytes.write(c);
                continue;
            }
            i++;
            switch (text.charAt(i)) {
                case 'r' -> bytes.write('\r');
                case 'n' -> bytes.write('\n');
                case 't' -> bytes.write('\t');
                case '0' -> bytes.write(0);
                case '\\' -> bytes.write('\\');
                case 'x' -> {
                    bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("no such escape: \\" + text.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    static String format(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            switch (b) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case 0 -> text.append("\\0");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (b >= ' ' && b <= '~') {
                        text.append((char) b);
                    } else {
                        text.append("\\x").append(HexFormat.of().withUpperCase().toHexDigits(b));
                    }
                }
            }
        }
        return text.toString();
    }
}
