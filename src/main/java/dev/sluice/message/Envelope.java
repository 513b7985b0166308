package dev.sluice.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message as templates and sinks see it: content and identity, whether its peer is still there or not. */
public interface Envelope {

    Origin origin();

    /** Counts from 1 within {@link Origin#stream()}. */
    long sequence();

    /** When the read that brought it returned, in milliseconds since the epoch. */
    long receivedAt();

    /** The bytes between the frame's boundaries; not to be changed. */
    byte[] getPayload();

    /** What text in the payload is written in: the charset of its listener, as far as whoever gets it needs to know. */
    default Charset charset() {
        return StandardCharsets.UTF_8;
    }

    /** The payload as text; null if it is none in {@link #charset()}, or none that could be written in UTF-8. */
    default @Nullable String text() {
        try {
            String text =
                    charset().newDecoder().decode(ByteBuffer.wrap(getPayload())).toString();
            return charset().equals(StandardCharsets.UTF_8)
                            || StandardCharsets.UTF_8.newEncoder().canEncode(text)
                    ? text
                    : null;
        } catch (CharacterCodingException ex) {
            return null;
        }
    }

    /** What the rules of its listener found in it, as far as it carries that along. */
    default Fields found() {
        return Fields.NONE;
    }

    /** What a bean has said about it, by name. It cannot be found again, so that it is kept with the message. */
    default Map<String, String> told() {
        return Map.of();
    }

    /**
     * Where its trace goes on, as W3C Trace Context writes it in the header {@code traceparent}; null unless it was
     * chosen to have a trace. Kept with the message.
     */
    default @Nullable String traceparent() {
        return null;
    }

    /** Returns whether anything has to be kept with it besides its payload: what was told about it, or its trace. */
    default boolean isAnnotated() {
        return !told().isEmpty() || traceparent() != null;
    }

    /** Both, as sinks see them. */
    default Fields fields() {
        return ToldFields.over(found(), told(), false);
    }

    /**
     * The names of the sinks that it goes to, where its rule names some of its own: the same list for all messages of
     * the rule. Null if it goes to those of its listener.
     */
    default @Nullable List<String> sinks() {
        return null;
    }

    /** Unique among all messages of this and of any other run, and the same however often the message is delivered. */
    default String id() {
        return origin().stream() + "-" + sequence();
    }
}
