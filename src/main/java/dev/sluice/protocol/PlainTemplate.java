package dev.sluice.protocol;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.ReplyTemplate;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is written whichever rule fits, and where there is no message at all. Immutable. */
public final class PlainTemplate {

    private final Placeholders template;

    private PlainTemplate(ReplyTemplate template, @Nullable Frames frames) {
        this.template = new Placeholders(template.sealedBy(frames), List.of());
    }

    /**
     * @param hex bytes in hex, text in quotes, placeholders in braces
     * @param frames that it is one of; null if it is framed otherwise
     * @throws IllegalArgumentException if it is no template, or names what not every message has
     */
    public static PlainTemplate hex(String hex, @Nullable Frames frames) {
        return new PlainTemplate(ReplyTemplate.hex(hex), frames);
    }

    /**
     * @param text text, placeholders in braces
     * @param frames that it is one of; null if it is framed otherwise
     * @throws IllegalArgumentException if it is no template, or names what not every message has
     */
    public static PlainTemplate text(String text, Charset charset, @Nullable Frames frames) {
        return new PlainTemplate(ReplyTemplate.text(text, charset), frames);
    }

    /**
     * Of what is no answer to a message.
     *
     * @param peer to whom it is written
     * @param sequence for {@code {sequence}}
     * @throws dev.sluice.pattern.UnwritableException if it cannot be written with what is known of the peer
     */
    public byte[] render(Origin peer, long sequence) {
        return render(new Unasked(peer, sequence, new byte[0], System.currentTimeMillis()), "");
    }

    /** Stands for the message that this is no answer to. */
    record Unasked(Origin origin, long sequence, byte[] getPayload, long receivedAt) implements Envelope {}

    /**
     * @param reason why the message was not accepted; empty if it was
     * @throws dev.sluice.pattern.UnwritableException if it cannot be written with what this message has
     */
    public byte[] render(Envelope message, String reason) {
        return template.render(null, message, reason);
    }
}
