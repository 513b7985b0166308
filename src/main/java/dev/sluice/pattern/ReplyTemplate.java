package dev.sluice.pattern;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer to be: a pattern written. Immutable, and safe for many threads. */
public final class ReplyTemplate {

    private static final byte[] EMPTY = new byte[0];

    private final List<ReplyPart> parts;
    private final List<String> names;
    /** Fills in length and checksum; null if there are none, or nobody has said how. */
    private final @Nullable Frame frame;

    private final boolean checked;

    ReplyTemplate(List<ReplyPart> parts, List<String> names) {
        this(parts, names, null);
    }

    private ReplyTemplate(List<ReplyPart> parts, List<String> names, @Nullable Frame frame) {
        this.parts = parts;
        this.names = names;
        this.frame = frame;
        this.checked = parts.stream().anyMatch(ReplyPart.Sum.class::isInstance);
    }

    /**
     * Bytes in hex, 'text' and placeholders. A placeholder without a type stands for the bytes that came.
     *
     * @throws PatternException if it is no such template
     */
    public static ReplyTemplate hex(String text) {
        return ReplyParser.hex(text);
    }

    /**
     * Text with placeholders; a doubled brace is a brace.
     *
     * @param charset that text is written in
     * @throws PatternException if it is no such template
     */
    public static ReplyTemplate text(String text, Charset charset) {
        return ReplyParser.text(text, charset);
    }

    /**
     * Returns this template, whose {length} and {checksum} are filled in as the first of the frames says that has them and
     * agrees with its beginning.
     *
     * @param frames null if there are none
     * @throws PatternException if a frame is needed and none fits
     */
    public ReplyTemplate sealedBy(@Nullable Frames frames) {
        List<ReplyPart.Open> open = parts.stream()
                .filter(ReplyPart.Open.class::isInstance)
                .map(ReplyPart.Open.class::cast)
                .toList();
        if (open.isEmpty()) {
            return this;
        }
        Frame sealing = sealing(open, frames);
        return new ReplyTemplate(
                parts.stream()
                        .map(part -> part instanceof ReplyPart.Open its ? its.filledBy(sealing) : part)
                        .toList(),
                names,
                sealing);
    }

    private Frame sealing(List<ReplyPart.Open> open, @Nullable Frames frames) {
        boolean checksum = open.stream().anyMatch(ReplyPart.Open::checksum);
        boolean length = !open.stream().allMatch(ReplyPart.Open::checksum);
        byte[] beginning = parts.getFirst() instanceof ReplyPart.Literal(byte[] bytes) ? bytes : EMPTY;
        Optional<Frame> found = frames == null ? Optional.empty() : frames.sealing(beginning, length, checksum);
        if (found.isPresent()) {
            return found.get();
        }
        ReplyPart.Open first = open.getFirst();
        String wanted = length && checksum ? "{length} and {checksum}" : length ? "{length}" : "{checksum}";
        throw PatternException.at(
                first.braces().offset(),
                "nothing says what '{" + first.braces().body() + "}' is",
                frames == null
                        ? "Frames say it, and there are none"
                        : "None of the frames has " + wanted + " and begins as this does");
    }

    /** The placeholders by index, each once: all but {length} and {checksum}. */
    public List<String> names() {
        return names;
    }

    /**
     * Returns the answer.
     *
     * @throws UnwritableException if a field is absent and has no default, a number is too large, or one that has no bytes
     *     of its own is to be written as hex
     */
    public byte[] render(Values values) {
        byte[][] pieces = new byte[parts.size()][];
        int size = 0;
        int lengthAt = -1;
        int following = 0;
        for (int i = pieces.length - 1; i >= 0; i--) {
            switch (parts.get(i)) {
                case ReplyPart.Literal(byte[] bytes) -> pieces[i] = bytes;
                case ReplyPart.Value value -> pieces[i] = value.write(names.get(value.index()), values);
                case ReplyPart.Sum(FieldType type) -> pieces[i] = new byte[type.size()];
                case ReplyPart.Length(FrameItem.Length length) -> {
                    lengthAt = i;
                    following = size;
                    pieces[i] = length.size() >= 0 ? new byte[length.size()] : length.write(following);
                }
                case ReplyPart.Open open ->
                    throw new IllegalStateException(
                            "nothing has said what '{" + open.braces().body() + "}' is");
            }
            size += pieces[i].length;
        }
        if (lengthAt >= 0 && parts.get(lengthAt) instanceof ReplyPart.Length(FrameItem.Length length)) {
            fillLengths(pieces, length.write(following));
        }
        byte[] answer = joined(pieces, size);
        if (frame != null && checked) {
            addChecksum(answer, pieces, frame.checksum(answer));
        }
        return answer;
    }

    private void addChecksum(byte[] answer, byte[][] pieces, long checksum) {
        int at = 0;
        for (int i = 0; i < pieces.length; i++) {
            if (parts.get(i) instanceof ReplyPart.Sum(FieldType type)) {
                byte[] written = type.write(checksum);
                System.arraycopy(written, 0, answer, at, written.length);
            }
            at += pieces[i].length;
        }
    }

    /** A length that is said twice, as some protocols do, is that of the first. */
    private void fillLengths(byte[][] pieces, byte[] written) {
        for (int i = 0; i < pieces.length; i++) {
            if (parts.get(i) instanceof ReplyPart.Length && pieces[i].length == written.length) {
                pieces[i] = written;
            }
        }
    }

    private static byte[] joined(byte[][] pieces, int size) {
        byte[] all = new byte[size];
        int at = 0;
        for (byte[] piece : pieces) {
            System.arraycopy(piece, 0, all, at, piece.length);
            at += piece.length;
        }
        return all;
    }
}
