package dev.sluice.protocol;

import dev.sluice.message.Envelope;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.ReplyTemplate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a listener answers in bytes, whichever rule fits. Immutable. */
public final class HexAnswer {

    private final Placeholders template;

    /**
     * @param hex a template: bytes in hex, text in quotes, fields in braces
     * @param frames that answers are; null if answers are framed otherwise
     * @throws IllegalArgumentException if it is none, or names what not every message has
     */
    public HexAnswer(String hex, @Nullable Frames frames) {
        this.template = new Placeholders(ReplyTemplate.hex(hex).sealedBy(frames), List.of());
    }

    /**
     * @param reason why the message was not accepted; empty if it was
     * @throws dev.sluice.pattern.UnwritableException if it cannot be written with what this message has
     */
    public byte[] render(Envelope message, String reason) {
        return template.render(null, message, reason);
    }
}
