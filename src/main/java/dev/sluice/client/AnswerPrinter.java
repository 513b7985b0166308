package dev.sluice.client;

import dev.sluice.text.Visible;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What came back, on standard output: as hexadecimal digits, or as text in UTF-8. Text that is UTF-8 already goes
 * through byte for byte, so that a pipe or a file gets what was sent; only a terminal is spared what is not visible:
 * control characters, which could make it do what the peer wants, and marks that turn the reading direction.
 */
final class AnswerPrinter {

    private final OutputStream out;
    private final Charset charset;
    private final boolean hex;
    private final boolean terminal;
    private final CharsetDecoder decoder;
    /** The bytes of a character that a read has cut. */
    private byte[] cut = {};

    private boolean lineOpen;
    /** A CR that a read ended with: harmless if an LF follows. */
    private boolean returned;

    AnswerPrinter(OutputStream out, Charset charset, boolean hex, boolean terminal) {
        this.out = new BufferedOutputStream(out);
        this.charset = charset;
        this.hex = hex;
        this.terminal = terminal;
        this.decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
    }

    /** One answer, one line. */
    void answer(byte[] bytes) throws ClientFailure {
        if (hex) {
            write(HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.US_ASCII));
        } else if (passingThrough()) {
            write(bytes);
        } else {
            text(new String(bytes, charset));
        }
        write(new byte[] {'\n'});
    }

    /** On a line of its own, of which it may bring the end along. */
    void greeting(byte[] bytes) throws ClientFailure {
        boolean ended = !hex && bytes.length > 0 && bytes[bytes.length - 1] == '\n';
        answer(ended ? Arrays.copyOf(bytes, bytes.length - 1) : bytes);
    }

    /** A part of a stream without boundaries. As text it gets no line break that is not in it. */
    void piece(byte[] bytes) throws ClientFailure {
        if (hex) {
            answer(bytes);
            return;
        }
        lineOpen = bytes[bytes.length - 1] != '\n';
        if (passingThrough()) {
            write(bytes);
            return;
        }
        ByteBuffer in = ByteBuffer.allocate(cut.length + bytes.length);
        in.put(cut).put(bytes).flip();
        CharBuffer chars = CharBuffer.allocate((int) (in.remaining() * (double) decoder.maxCharsPerByte()) + 2);
        decoder.decode(in, chars, false);
        cut = new byte[in.remaining()];
        in.get(cut);
        String text = (returned ? "\r" : "") + chars.flip();
        returned = terminal && text.endsWith("\r");
        text(returned ? text.substring(0, text.length() - 1) : text);
    }

    /** The stream has ended: a terminal's next line starts at its left. */
    void endOfPieces() throws ClientFailure {
        if (returned) {
            text("\r");
        }
        if (cut.length > 0) {
            text("\uFFFD");
        }
        if (terminal && lineOpen) {
            write(new byte[] {'\n'});
        }
        flush();
    }

    void flush() throws ClientFailure {
        try {
            out.flush();
        } catch (IOException ex) {
            throw closed(ex);
        }
    }

    private boolean passingThrough() {
        return !terminal && charset.equals(StandardCharsets.UTF_8);
    }

    private void text(String text) throws ClientFailure {
        write((terminal ? escaped(text) : text).getBytes(StandardCharsets.UTF_8));
    }

    /** A tab, a line break, and the CR of one are harmless. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        int next;
        for (int i = 0; i < text.length(); i = next) {
            int c = text.codePointAt(i);
            next = i + Character.charCount(c);
            if (Visible.is(c) || c == '\t' || c == '\n' || c == '\r' && text.startsWith("\n", next)) {
                escaped.appendCodePoint(c);
            } else if (c < 0x100) {
                escaped.append("\\x%02X".formatted(c));
            } else {
                Character.toString(c).chars().forEach(unit -> escaped.append("\\u%04X".formatted(unit)));
            }
        }
        return escaped.toString();
    }

    private void write(byte[] bytes) throws ClientFailure {
        try {
            out.write(bytes);
        } catch (IOException ex) {
            throw closed(ex);
        }
    }

    private static ClientFailure closed(IOException ex) {
        return ClientFailure.broken("Standard output takes no more: " + ex.getMessage() + ".");
    }
}
