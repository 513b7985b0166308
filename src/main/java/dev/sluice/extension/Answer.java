package dev.sluice.extension;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a reply bean may return where bytes or text do not say enough: the answer, and what becomes of the message and
 * its connection.
 *
 * {@snippet :
 * return Answer.text("welcome").withIdentity(imei).withField("model", model).quiet();
 * }
 *
 * <p>Immutable, so that threads may share one.
 */
public final class Answer {

    /** An identity has so many characters at the most. */
    public static final int LONGEST_IDENTITY = 128;

    /** How many fields a message may have from a bean. */
    public static final int MOST_FIELDS = 64;

    /** All names and values together take so many bytes at the most, in UTF-8. */
    public static final int MOST_FIELD_BYTES = 64 * 1024;

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
    private static final Answer NONE = new Answer(null, null, false, false, null, Map.of());

    private final byte @Nullable [] bytes;
    private final @Nullable String text;
    private final boolean quiet;
    private final boolean closing;
    private final @Nullable String identity;
    private final Map<String, String> fields;

    private Answer(
            byte @Nullable [] bytes,
            @Nullable String text,
            boolean quiet,
            boolean closing,
            @Nullable String identity,
            Map<String, String> fields) {
        this.bytes = bytes;
        this.text = text;
        this.quiet = quiet;
        this.closing = closing;
        this.identity = identity;
        this.fields = fields;
    }

    /** The peer is sent nothing. */
    public static Answer none() {
        return NONE;
    }

    /** The peer is sent these bytes, in the framing of the listener. They are copied. */
    public static Answer bytes(byte[] payload) {
        return new Answer(payload.clone(), null, false, false, null, Map.of());
    }

    /** The peer is sent this text, in the charset and the framing of the listener. */
    public static Answer text(String text) {
        return new Answer(null, Objects.requireNonNull(text, "the text of an answer"), false, false, null, Map.of());
    }

    /** The same, and the message goes to no sink. */
    public Answer quiet() {
        return new Answer(bytes, text, true, closing, identity, fields);
    }

    /** The same, and the TCP connection is closed behind the answer. A datagram's source has none. */
    public Answer closing() {
        return new Answer(bytes, text, quiet, true, identity, fields);
    }

    /**
     * The same, and this is who sent the message: from it on for its TCP connection, for a datagram for that one only.
     * It goes through what the listener says under {@code identity}, which may refuse it.
     *
     * @throws IllegalArgumentException if it is empty, or longer than {@link #LONGEST_IDENTITY}
     */
    public Answer withIdentity(String who) {
        if (who.isEmpty()) {
            throw new IllegalArgumentException("an identity is empty. Leave it out if nobody is known");
        }
        if (who.length() > LONGEST_IDENTITY) {
            throw new IllegalArgumentException(
                    "an identity has " + who.length() + " characters; " + LONGEST_IDENTITY + " are allowed");
        }
        return new Answer(bytes, text, quiet, closing, encodable(who), fields);
    }

    /**
     * The same, and sinks find this field in the message, in place of one of that name that a rule finds. It is kept
     * with the message until that is delivered.
     *
     * @param name a letter, and then letters, digits, dashes and underscores
     * @throws IllegalArgumentException if that is no name, or there are more fields than {@link #MOST_FIELDS} or
     *     {@link #MOST_FIELD_BYTES}
     */
    public Answer withField(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name
                    + "' is no name of a field: it begins with a letter, and letters, digits, '-' and '_' follow");
        }
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put(name, encodable(Objects.requireNonNull(value, "the value of a field")));
        if (all.size() > MOST_FIELDS) {
            throw new IllegalArgumentException("an answer has more than " + MOST_FIELDS + " fields");
        }
        if (size(all) > MOST_FIELD_BYTES) {
            throw new IllegalArgumentException("the fields of an answer have more than " + MOST_FIELD_BYTES + " bytes");
        }
        return new Answer(bytes, text, quiet, closing, identity, Collections.unmodifiableMap(all));
    }

    private static long size(Map<String, String> fields) {
        return fields.entrySet().stream()
                .mapToLong(field -> field.getKey().length() + field.getValue().getBytes(UTF_8).length)
                .sum();
    }

    /** Half a surrogate pair can be kept nowhere: it becomes a question mark at once. */
    private static String encodable(String value) {
        return new String(value.getBytes(UTF_8), UTF_8);
    }

    /**
     * Returns what the peer is sent; null for nothing.
     *
     * @param charset of text
     */
    public byte @Nullable [] payload(Charset charset) {
        if (text != null) {
            return text.getBytes(charset);
        }
        return bytes == null ? null : bytes.clone();
    }

    /** Returns whether the message goes to no sink. */
    public boolean isQuiet() {
        return quiet;
    }

    /** Returns whether the connection is closed behind the answer. */
    public boolean isClosing() {
        return closing;
    }

    /** Who sent the message; null if this does not say. */
    public @Nullable String identity() {
        return identity;
    }

    /** Name to value, in the order in which they were given; cannot be changed. */
    public Map<String, String> fields() {
        return fields;
    }

    @Override
    public String toString() {
        return "Answer[" + (text != null ? text : bytes == null ? "none" : bytes.length + " bytes")
                + (quiet ? ", quiet" : "") + (closing ? ", closing" : "") + ", identity=" + identity + ", fields="
                + fields + "]";
    }
}
