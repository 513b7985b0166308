package dev.sluice.pattern;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What stands for the placeholders of a template, by their index in {@link ReplyTemplate#names()}. */
public interface Values {

    /** Returns the value as text, or null if it is absent. */
    @Nullable
    String text(int index);

    /** Returns the bytes that came, or null for what has none of its own, such as a sequence number. */
    byte @Nullable [] bytes(int index);

    /** When the message was received. */
    Instant receivedAt();
}
