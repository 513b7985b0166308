package dev.sluice.pattern;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What stands for the placeholders of a template, by their index in {@link ReplyTemplate#names()}. */
public interface Values {

    /** Returns the value as text, or null if it is absent. */
    @Nullable
    String text(int index);

    /** Returns the bytes that came, or null for what has none of its own, such as a sequence number. */
    default byte @Nullable [] bytes(int index) {
        return null;
    }

    /** How many bytes came; -1 for what has none of its own, or is absent. */
    default int length(int index) {
        byte[] bytes = bytes(index);
        return bytes == null ? -1 : bytes.length;
    }

    /** Writes the bytes that came into others, of which there are enough. */
    default void copy(int index, byte[] into, int at) {
        byte[] bytes = Objects.requireNonNull(bytes(index));
        System.arraycopy(bytes, 0, into, at, bytes.length);
    }

    /** When the message was received. */
    Instant receivedAt();
}
