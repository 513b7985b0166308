package dev.sluice.transport.framing;

import dev.sluice.check.Check;
import dev.sluice.pattern.Frames;
import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Where a message ends.
 *
 * @param type how boundaries are found
 * @param maxSize of one frame's payload
 * @param onOversize what happens when a frame is larger than that
 * @param delimiter for {@code delimited}, up to 64 bytes: text with the escapes \r \n \t \0 \\ \xHH, or bytes as 0x1D0D
 * @param lengthBytes for {@code length-prefixed}: size of the length field, 1 to 4
 * @param byteOrder for {@code length-prefixed}: of the length field
 * @param lengthIncludesHeader for {@code length-prefixed}: whether the length counts the length field too
 * @param size for {@code fixed}: of every frame
 * @param frames for {@code frames}, which they imply: patterns in hex; a frame is of the first that fits
 * @param checksum for {@code frames}: what {@code {checksum}} in them is, such as crc-16/modbus
 * @param onMismatch for {@code frames}: what becomes of a frame whose checksum is wrong
 * @param escape for {@code frames}: what is written in place of a byte between the marks of a frame, both in hex
 * @param between for {@code frames}: bytes that may stand between frames, in hex
 */
public record FramingProperties(
        @DefaultValue("line") Type type,
        @DefaultValue("64KB") DataSize maxSize,
        @DefaultValue("close") OnOversize onOversize,
        @Nullable String delimiter,
        @DefaultValue("4") int lengthBytes,
        @DefaultValue("big") Order byteOrder,
        @DefaultValue("false") boolean lengthIncludesHeader,
        @Nullable DataSize size,
        @DefaultValue List<String> frames,
        @Nullable String checksum,
        @DefaultValue("drop") OnMismatch onMismatch,
        @DefaultValue Map<String, String> escape,
        @DefaultValue("") String between) {

    /** The largest {@code max-size}: what one byte array can safely hold. */
    public static final DataSize MOST = DataSize.ofMegabytes(1024);

    /** How boundaries are found. */
    public enum Type {
        LINE,
        CRLF,
        NUL,
        DELIMITED,
        LENGTH_PREFIXED,
        VARINT,
        FIXED,
        STX_ETX,
        MLLP,
        OCTET_COUNTED,
        UNTIL_CLOSE,
        RAW,
        COBS,
        FRAMES
    }

    /** What happens when a frame is larger than allowed. */
    public enum OnOversize {
        /** The connection is closed. */
        CLOSE,
        /** That frame is dropped and counted, and reading goes on at the next. */
        SKIP
    }

    /** What becomes of a frame whose checksum is wrong. */
    public enum OnMismatch {
        /** It is dropped and counted. */
        DROP,
        /** It is a message that is not accepted. */
        FAIL,
        /** It is taken all the same, and counted. */
        PASS
    }

    /** Of the bytes of a length field. */
    public enum Order {
        BIG,
        LITTLE
    }

    /** How boundaries are found: by frames wherever there are some. */
    @Override
    public Type type() {
        return frames.isEmpty() ? type : Type.FRAMES;
    }

    /**
     * Says what is wrong with it where messages come in a stream.
     *
     * @return whether messages can be told apart by it
     */
    public boolean check(Check check) {
        check.onlyFor(Type.DELIMITED, type(), "delimiter");
        List.of("length-bytes", "byte-order", "length-includes-header")
                .forEach(key -> check.onlyFor(Type.LENGTH_PREFIXED, type(), key));
        check.onlyFor(Type.FIXED, type(), "size");
        List.of("checksum", "on-mismatch", "escape", "between").forEach(key -> check.onlyFor(Type.FRAMES, type(), key));
        return checkMaxSize(check)
                && switch (type()) {
                    case DELIMITED -> checkDelimiter(check);
                    case LENGTH_PREFIXED ->
                        check.that(lengthBytes >= 1 && lengthBytes <= 4, "length-bytes", "must be 1, 2, 3 or 4");
                    case FIXED ->
                        check.that(
                                size != null && size.toBytes() >= 1 && size.compareTo(maxSize) <= 0,
                                "size",
                                "type 'fixed' needs it, from 1B to max-size");
                    case FRAMES -> new FramesCheck(this, check).isRight(true);
                    default -> true;
                };
    }

    /** Returns whether messages end where they end by the other, however large they may be. */
    public boolean cutsLike(FramingProperties other) {
        return new FramingProperties(
                        type,
                        other.maxSize,
                        other.onOversize,
                        delimiter,
                        lengthBytes,
                        byteOrder,
                        lengthIncludesHeader,
                        size,
                        frames,
                        checksum,
                        onMismatch,
                        escape,
                        between)
                .equals(other);
    }

    /** Returns whether frames cut what comes, be it a stream or datagrams. */
    public boolean hasFrames() {
        return type() == Type.FRAMES;
    }

    /** Returns the type as it is written, or its default. */
    Type writtenType() {
        return type;
    }

    /** Says what is wrong with it where every datagram is a message, or is cut by frames. */
    public void checkDatagrams(Check check) {
        if (checkMaxSize(check) && hasFrames()) {
            boolean _ = new FramesCheck(this, check).isRight(false);
        }
    }

    /** Says what is wrong with it where every datagram is a message. */
    public boolean checkMaxSize(Check check) {
        return check.that(
                maxSize.toBytes() >= 1 && maxSize.compareTo(MOST) <= 0,
                "max-size",
                "must be from 1B to " + MOST.toMegabytes() + "MB");
    }

    private boolean checkDelimiter(Check check) {
        return check.that(
                        delimiter != null && !delimiter.isEmpty(),
                        "delimiter",
                        "type 'delimited' needs it, as \"\\\\r\\\\n\" or \"0x1D0D\"")
                && check.parsed("delimiter", this::delimiterBytes)
                && check.that(
                        delimiterBytes().length <= FrameDecoder.MOST_OVERHEAD,
                        "delimiter",
                        "must be at most " + FrameDecoder.MOST_OVERHEAD + " bytes");
    }

    /**
     * @throws IllegalArgumentException naming the key that is missing or cannot be, relative to {@code framing}
     */
    public Framing toFraming() {
        check(Check.of(""));
        return framing();
    }

    /**
     * What cuts datagrams; null if each is a message.
     *
     * @throws IllegalArgumentException naming the key that is missing or cannot be, relative to {@code framing}
     */
    public Framing.@Nullable Frames toFramesOfDatagrams() {
        checkDatagrams(Check.of(""));
        return hasFrames() ? framesFraming() : null;
    }

    private Framing.Frames framesFraming() {
        return new Framing.Frames(Frames.of(frames, checksum, escape, between), onMismatch);
    }

    private Framing framing() {
        return switch (type()) {
            case LINE -> new Framing.Line();
            case CRLF -> new Framing.Crlf();
            case NUL -> new Framing.Delimited(new byte[] {0});
            case DELIMITED -> new Framing.Delimited(delimiterBytes());
            case LENGTH_PREFIXED ->
                new Framing.LengthPrefixed(
                        lengthBytes,
                        byteOrder == Order.BIG ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                        lengthIncludesHeader);
            case VARINT -> new Framing.Varint();
            case FIXED -> new Framing.Fixed((int) Objects.requireNonNull(size).toBytes());
            case STX_ETX -> Framing.Enclosed.STX_ETX;
            case MLLP -> Framing.Enclosed.MLLP;
            case OCTET_COUNTED -> new Framing.OctetCounted();
            case UNTIL_CLOSE -> new Framing.UntilClose();
            case RAW -> new Framing.Raw();
            case COBS -> new Framing.Cobs();
            case FRAMES -> framesFraming();
        };
    }

    private byte[] delimiterBytes() {
        String written = Objects.requireNonNull(delimiter);
        try {
            return written.startsWith("0x") && written.length() > 2
                    ? HexFormat.of().parseHex(written, 2, written.length())
                    : unescape(written);
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(
                    "'" + written + "' is neither bytes as 0x1D0D nor text with \\r \\n \\t \\0 \\\\ \\xHH", ex);
        }
    }

    /**
     * Text is UTF-8, but \xHH is that one byte whatever its value.
     *
     * @throws IllegalArgumentException if something stands behind a backslash that means nothing
     */
    public static byte[] unescape(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int i = 0;
        while (i < text.length()) {
            int escape = text.indexOf('\\', i);
            int end = escape < 0 ? text.length() : escape;
            bytes.writeBytes(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
            i = end;
            if (escape >= 0) {
                bytes.write(escaped(text, escape + 1));
                i += text.charAt(escape + 1) == 'x' ? 4 : 2;
            }
        }
        return bytes.toByteArray();
    }

    private static int escaped(String text, int index) {
        if (index == text.length()) {
            throw new IllegalArgumentException("nothing after \\");
        }
        return switch (text.charAt(index)) {
            case 'r' -> '\r';
            case 'n' -> '\n';
            case 't' -> '\t';
            case '0' -> '\0';
            case '\\' -> '\\';
            case 'x' -> {
                if (index + 3 > text.length()) {
                    throw new IllegalArgumentException("\\x needs two digits");
                }
                yield HexFormat.fromHexDigits(text, index + 1, index + 3);
            }
            default -> throw new IllegalArgumentException("unknown escape");
        };
    }
}
