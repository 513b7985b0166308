package dev.sluice.pattern;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An answer to be: a pattern written. Immutable, and safe for many threads. */
public final class ReplyTemplate {

    private static final byte[] EMPTY = new byte[0];

    private final ReplyPart[] parts;

    private final List<String> names;
    /** Fills in length and checksum; null if there are none, or nobody has said how. */
    private final @Nullable Frame frame;

    /** Null if there is none. */
    private final ReplyPart.@Nullable Sum sum;

    private final int sumIndex;

    ReplyTemplate(List<ReplyPart> parts, List<String> names) {
        this(parts, names, null);
    }

    private ReplyTemplate(List<ReplyPart> parts, List<String> names, @Nullable Frame frame) {
        this.parts = parts.toArray(ReplyPart[]::new);
        this.names = names;
        this.frame = frame;
        int index = parts.size() - 1;
        while (index >= 0 && !(parts.get(index) instanceof ReplyPart.Sum)) {
            index--;
        }
        this.sumIndex = index;
        this.sum = index >= 0 ? (ReplyPart.Sum) parts.get(index) : null;
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
     * Returns this template, whose {length} and {checksum} are filled in as the first of the frames says that has them
     * and agrees with its beginning.
     *
     * @param frames null if there are none
     * @throws PatternException if a frame is needed and none fits
     */
    public ReplyTemplate sealedBy(@Nullable Frames frames) {
        List<ReplyPart.Open> open = Stream.of(parts)
                .filter(ReplyPart.Open.class::isInstance)
                .map(ReplyPart.Open.class::cast)
                .toList();
        if (open.isEmpty()) {
            return this;
        }
        Frame sealing = sealing(open, frames);
        return new ReplyTemplate(
                Stream.of(parts)
                        .map(part -> part instanceof ReplyPart.Open its ? its.filledBy(sealing) : part)
                        .toList(),
                names,
                sealing);
    }

    private Frame sealing(List<ReplyPart.Open> open, @Nullable Frames frames) {
        boolean checksum = open.stream().anyMatch(ReplyPart.Open::checksum);
        boolean length = !open.stream().allMatch(ReplyPart.Open::checksum);
        byte[] beginning = parts[0] instanceof ReplyPart.Literal(byte[] bytes) ? bytes : EMPTY;
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

    List<ReplyPart> parts() {
        return List.of(parts);
    }

    /**
     * Returns the number that is written in the place of a name.
     *
     * @return null if the name does not occur
     * @throws IllegalArgumentException if what is written there is no number
     */
    public @Nullable NumberField number(String name) {
        return NumberField.of(this, name);
    }

    /**
     * Returns the answer.
     *
     * @throws UnwritableException if a field is absent and has no default, a number is too large, or one that has no
     *     bytes of its own is to be written as hex
     */
    public byte[] render(Values values) {
        // What is neither in the template nor among the bytes that came; null as long as there is none of that.
        byte[][] made = null;
        int size = 0;
        int following = 0;
        for (int i = parts.length - 1; i >= 0; i--) {
            ReplyPart part = parts[i];
            int length = part.size(values);
            if (part instanceof ReplyPart.Length) {
                following = size;
            }
            if (length < 0) {
                made = made == null ? new byte[parts.length][] : made;
                made[i] = part.write(names, values, following);
                length = made[i].length;
            }
            size += length;
        }
        byte[] answer = new byte[size];
        int at = 0;
        int sumAt = 0;
        for (int i = 0; i < parts.length; i++) {
            sumAt = i == sumIndex ? at : sumAt;
            if (made != null && made[i] != null) {
                System.arraycopy(made[i], 0, answer, at, made[i].length);
                at += made[i].length;
            } else {
                at += parts[i].put(answer, at, values, following);
            }
        }
        if (frame != null && sum != null) {
            sum.fill(answer, sumAt, frame.checksum(answer));
        }
        return answer;
    }
}
