package dev.sluice.pattern;

import java.nio.charset.Charset;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A piece of a template. */
sealed interface ReplyPart {

    /** Returns how many bytes it takes; -1 if that is known only once it is {@linkplain #write written}. */
    int size(Values values);

    /**
     * Writes it by itself, where its size is not known before.
     *
     * @param names of the placeholders
     * @param following how many bytes follow a length
     * @throws UnwritableException if that cannot be
     */
    default byte[] write(List<String> names, Values values, int following) {
        throw new IllegalStateException("its size is known before it is written");
    }

    /**
     * Writes it into an answer, where its size is known. Returns this size.
     *
     * @throws UnwritableException if that cannot be
     */
    default int put(byte[] answer, int at, Values values, int following) {
        throw new IllegalStateException("its size is known only once it is written");
    }

    /** These bytes. */
    record Literal(byte[] bytes) implements ReplyPart {

        @Override
        public int size(Values values) {
            return bytes.length;
        }

        @Override
        public int put(byte[] answer, int at, Values values, int following) {
            System.arraycopy(bytes, 0, answer, at, bytes.length);
            return bytes.length;
        }
    }

    /**
     * What a frame is to say: how many bytes follow, or the checksum.
     *
     * @param format how it is written; empty as the frame has it
     */
    record Open(Token.Braces braces, boolean checksum, String format) implements ReplyPart {

        /** Returns the same as this frame says it, which has what is wanted. */
        ReplyPart filledBy(Frame frame) {
            int formatAt = braces.at(braces.body().indexOf(':') + 1);
            if (checksum) {
                FrameItem.Sealing sealing = Objects.requireNonNull(frame.sealing());
                FieldType written = format.isEmpty()
                        ? sealing.type()
                        : FrameItem.Sealing.type(format, sealing.algorithm(), formatAt);
                if (written.size() != sealing.type().size()) {
                    throw PatternException.at(
                            braces.offset(),
                            "'{" + braces.body() + "}' is not as long as in the frame '" + frame + "'",
                            "Leave it to the frame: '{checksum}'");
                }
                return new Sum(written);
            }
            FrameItem.Length length = Objects.requireNonNull(frame.length());
            FieldType type = format.isEmpty() ? length.type() : FieldType.parse(format, formatAt);
            return new Length(new FrameItem.Length(type, length.delta(), length.mask()));
        }

        @Override
        public int size(Values values) {
            throw new IllegalStateException("nothing has said what '{" + braces.body() + "}' is");
        }
    }

    /** How many bytes follow. */
    record Length(FrameItem.Length length) implements ReplyPart {

        @Override
        public int size(Values values) {
            return length.size();
        }

        @Override
        public byte[] write(List<String> names, Values values, int following) {
            return length.write(following);
        }

        @Override
        public int put(byte[] answer, int at, Values values, int following) {
            byte[] written = length.write(following);
            System.arraycopy(written, 0, answer, at, written.length);
            return written.length;
        }
    }

    /** The checksum, for which there is room until all else is written. */
    record Sum(FieldType type) implements ReplyPart {

        @Override
        public int size(Values values) {
            return type.size();
        }

        @Override
        public int put(byte[] answer, int at, Values values, int following) {
            return type.size();
        }

        void fill(byte[] answer, int at, long checksum) {
            byte[] written = type.writer().write(checksum);
            System.arraycopy(written, 0, answer, at, written.length);
        }
    }

    /** What stands for a placeholder. */
    sealed interface Value extends ReplyPart {

        /** Of the placeholder's name. */
        int index();

        /**
         * @param name of the placeholder, for a message
         * @throws UnwritableException if there is no value for it, or none that can be written
         */
        byte[] write(String name, Values values);

        @Override
        default int size(Values values) {
            return -1;
        }

        @Override
        default byte[] write(List<String> names, Values values, int following) {
            return write(names.get(index()), values);
        }
    }

    /**
     * The bytes that came.
     *
     * @param absent instead of a value that is absent; null if there has to be one
     */
    record Raw(int index, byte @Nullable [] absent) implements Value {

        @Override
        public int size(Values values) {
            return values.length(index);
        }

        @Override
        public int put(byte[] answer, int at, Values values, int following) {
            values.copy(index, answer, at);
            return values.length(index);
        }

        @Override
        public byte[] write(String name, Values values) {
            byte[] bytes = values.bytes(index);
            if (bytes != null) {
                return bytes;
            }
            if (values.text(index) != null) {
                throw new UnwritableException(
                        "'" + name + "' has no bytes of its own: say how it is written, such as {" + name + ":u16}");
            }
            return instead(absent, name);
        }
    }

    /**
     * The value as text.
     *
     * @param raw whether its bytes are preferred, if it has some
     */
    record Text(int index, Charset charset, boolean raw, byte @Nullable [] absent) implements Value {

        @Override
        public byte[] write(String name, Values values) {
            byte[] bytes = raw ? values.bytes(index) : null;
            if (bytes != null) {
                return bytes;
            }
            String text = values.text(index);
            return text == null ? instead(absent, name) : Charsets.encode(text, charset);
        }
    }

    /**
     * The value, written as a type.
     *
     * @param wraps whether a number that is too large starts over
     */
    record Typed(int index, FieldType type, boolean wraps, byte @Nullable [] absent) implements Value {

        @Override
        public byte[] write(String name, Values values) {
            String text = values.text(index);
            if (text == null) {
                return instead(absent, name);
            }
            try {
                return wraps ? type.writer().writeWrapped(text) : type.writer().write(text);
            } catch (UnwritableException ex) {
                throw new UnwritableException("'" + name + "' cannot be written: " + ex.getMessage());
            }
        }
    }

    /**
     * When the message was received.
     *
     * @param hex whether its digits are hex
     */
    record Time(int index, DateTimeFormatter format, boolean hex, Charset charset) implements Value {

        @Override
        public byte[] write(String name, Values values) {
            return write(values.receivedAt());
        }

        byte[] write(Instant time) {
            String text = format.format(time);
            return hex ? Escapes.bytes(text) : Charsets.encode(text, charset);
        }
    }

    /** The bytes of the value in other characters. */
    record Encoded(int index, boolean base64, Charset charset) implements Value {

        @Override
        public byte[] write(String name, Values values) {
            byte[] bytes = values.bytes(index);
            if (bytes == null) {
                throw new UnwritableException("'" + name + "' is absent");
            }
            return Charsets.encode(
                    base64
                            ? Base64.getEncoder().encodeToString(bytes)
                            : HexFormat.of().formatHex(bytes),
                    charset);
        }
    }

    private static byte[] instead(byte @Nullable [] absent, String name) {
        if (absent == null) {
            throw new UnwritableException("'" + name + "' is absent");
        }
        return absent;
    }
}
