package dev.sluice.pattern;

import dev.sluice.pattern.Field.Names;
import dev.sluice.pattern.FrameItem.Length;
import dev.sluice.pattern.FrameItem.Place;
import dev.sluice.pattern.FrameItem.Sealing;
import dev.sluice.pattern.FrameItem.Sum;
import dev.sluice.pattern.FrameItem.UpTo;
import dev.sluice.pattern.HexPiece.Sized;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes a frame of the pattern that is written. */
final class FrameParser {

    private static final Pattern LENGTH = Pattern.compile("([A-Za-z0-9]+)([+-]\\d{1,9})?(?:&([0-9A-Fa-f]{1,16}))?");

    private final String text;
    private final @Nullable Checksum checksum;
    private final List<Token> tokens;
    private final Names names = new Names();

    private final List<FrameItem> head = new ArrayList<>();
    private @Nullable List<FrameItem> tail;
    private @Nullable Length length;
    private @Nullable Sum sum;
    private @Nullable Place sumAt;
    private @Nullable Place from;
    private @Nullable Place to;

    private FrameParser(String text, @Nullable Checksum checksum) {
        this.text = text;
        this.checksum = checksum;
        this.tokens = HexScanner.scan(text);
    }

    /**
     * @param checksum null if there is none
     * @throws PatternException if it is no frame's pattern
     */
    static Frame parse(String text, @Nullable Checksum checksum) {
        return new FrameParser(text, checksum).parse();
    }

    private Frame parse() {
        for (int i = 0; i < tokens.size(); i++) {
            switch (tokens.get(i)) {
                case Token.Bytes bytes -> add(HexPiece.Literal.of(bytes));
                case Token.Parenthesis(int offset, boolean opens) -> parenthesis(offset, opens);
                case Token.Braces braces -> braces(braces, i);
            }
        }
        if (head.isEmpty() && tail == null) {
            throw new PatternException(0, "an empty pattern is no frame");
        }
        return new Frame(text, head, tail, length, sealing());
    }

    private void add(FrameItem item) {
        (tail == null ? head : tail).add(item);
    }

    private Place here() {
        return new Place(tail != null, tail == null ? head.size() : tail.size());
    }

    private void parenthesis(int offset, boolean opens) {
        if (opens ? from != null : from == null || to != null) {
            throw PatternException.at(
                    offset,
                    "'" + (opens ? '(' : ')') + "' has no partner",
                    "One pair of parentheses says what the checksum is made of");
        }
        if (opens) {
            from = here();
        } else {
            to = here();
        }
    }

    private void braces(Token.Braces braces, int position) {
        String body = braces.body();
        int colon = body.indexOf(':');
        String name = colon < 0 ? body : body.substring(0, colon);
        String spec = colon < 0 ? "" : body.substring(colon + 1);
        if (body.equals(HexPattern.STAR)) {
            if (tail != null) {
                throw PatternException.at(braces.offset(), "a second '{*}'", "There can be one in a frame");
            }
            tail = new ArrayList<>();
        } else if (name.equals("length")) {
            add(length(braces, spec));
        } else if (name.equals("checksum")) {
            add(sum(braces, spec));
        } else if (spec.equals("text")) {
            add(upTo(braces, position));
        } else {
            add(sized(braces));
        }
    }

    private Length length(Token.Braces braces, String spec) {
        Matcher matcher = LENGTH.matcher(spec);
        if (!matcher.matches()) {
            throw PatternException.at(
                    braces.offset(),
                    "'{" + braces.body() + "}' does not say how the length is written",
                    "Such as '{length:u16}', less two '{length:u16-2}', of some bits '{length:u16le&7FFF}', in digits"
                            + " '{length:dec}'");
        }
        if (length != null || tail != null) {
            throw PatternException.at(
                    braces.offset(),
                    length != null ? "a second '{length}'" : "'{length}' behind '{*}'",
                    "It is told once, and before what it tells of");
        }
        FieldType type = FieldType.parse(matcher.group(1), braces.at("length:".length()));
        if (!type.isNumber()) {
            throw PatternException.at(
                    braces.offset(),
                    "'" + type + "' is no number",
                    "A length is one, such as '{length:u16}' or '{length:dec}'");
        }
        int delta = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
        long mask = matcher.group(3) == null ? -1 : Long.parseUnsignedLong(matcher.group(3), 16);
        length = new Length(type, delta, mask);
        return length;
    }

    private Sum sum(Token.Braces braces, String spec) {
        if (checksum == null) {
            throw PatternException.at(
                    braces.offset(), "'{checksum}' of no name", "Give it by 'checksum', such as crc-16/modbus");
        }
        if (sum != null) {
            throw PatternException.at(braces.offset(), "a second '{checksum}'", "A frame has one");
        }
        FieldType type = Sealing.type(spec, checksum, braces.at("checksum:".length()));
        sum = new Sum(type);
        sumAt = here();
        return sum;
    }

    private UpTo upTo(Token.Braces braces, int position) {
        if (tail != null) {
            throw unknownSizeInTail(braces.offset());
        }
        if (position + 1 < tokens.size() && tokens.get(position + 1) instanceof Token.Bytes bytes && bytes.isTold(0)) {
            return new UpTo(bytes.value()[0]);
        }
        throw PatternException.at(
                braces.offset(), "text without an end", "A byte has to follow that it does not hold, such as ' '");
    }

    private Sized sized(Token.Braces braces) {
        Field field = Field.parse(braces, names);
        if (field.type().size() < 0) {
            throw tail != null
                    ? unknownSizeInTail(braces.offset())
                    : PatternException.at(
                            braces.offset(),
                            "'" + field.type() + "' has no known size",
                            "In a frame a size is told by '{length}', and '{:text}' is text up to the next byte");
        }
        return new Sized(field, field.type().size());
    }

    static PatternException unknownSizeInTail(int offset) {
        return PatternException.at(
                offset,
                "a field of unknown size behind '{*}'",
                "What stands there is found from the end, so its size has to be told");
    }

    private @Nullable Sealing sealing() {
        if (from != null && to == null) {
            throw new PatternException(text.indexOf('('), "'(' is not closed by ')'");
        }
        if (checksum == null || sum == null || sumAt == null) {
            if (from != null) {
                throw PatternException.at(
                        text.indexOf('('), "parentheses, but no '{checksum}'", "They say what that is made of");
            }
            return null;
        }
        if (from == null || to == null) {
            throw PatternException.at(
                    text.indexOf("{checksum"),
                    "'{checksum}', but no parentheses",
                    "They say what it is made of: '7E ({*}) {checksum} 7E'");
        }
        return new Sealing(checksum, sum.type(), sumAt, from, to);
    }
}
