package dev.sluice.delivery.spool;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * Messages as they lie in the spool, those of one append together.
 *
 * @param position of the first
 * @param messages how many
 * @param route a number that stands for the sinks of all of them
 * @param bytesBefore the length of all content that was ever appended to this route before
 * @param receivedAt when the first was received, in milliseconds since the epoch
 * @param content all of them, as {@link BatchCodec} writes them
 */
public record StoredBatch(long position, int messages, int route, long bytesBefore, long receivedAt, byte[] content) {

    /** The position behind the last. */
    public long end() {
        return position + messages;
    }

    /** The same messages elsewhere. */
    public StoredBatch on(int otherRoute, long otherPosition, long otherBytesBefore) {
        return new StoredBatch(otherPosition, messages, otherRoute, otherBytesBefore, receivedAt, content);
    }

    /**
     * The messages from a position on that take certain routes, made anew at each call.
     *
     * @param routes whether a route is one of them
     */
    public List<SpooledMessage> messages(String listener, long from, IntPredicate routes) {
        return routes.test(route) ? BatchCodec.decode(listener, this, from, routes) : List.of();
    }
}
