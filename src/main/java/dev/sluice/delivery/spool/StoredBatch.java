package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;
import java.util.List;

/**
 * Messages as they lie in the spool, those of one append together.
 *
 * @param position of the first
 * @param messages how many
 * @param bytesBefore the length of all content that was ever appended before
 * @param receivedAt when the first was received, in milliseconds since the epoch
 * @param content all of them, as {@link BatchCodec} writes them
 */
public record StoredBatch(long position, int messages, long bytesBefore, long receivedAt, byte[] content) {

    /** The position behind the last. */
    public long end() {
        return position + messages;
    }

    /** The messages themselves, made anew at each call. */
    public List<Envelope> envelopes(String listener) {
        return BatchCodec.decode(listener, messages, content);
    }
}
