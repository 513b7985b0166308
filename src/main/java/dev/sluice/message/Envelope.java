package dev.sluice.message;

/** A message as templates and sinks see it: content and identity, whether its peer is still there or not. */
public interface Envelope {

    Origin origin();

    /** Counts from 1 within {@link Origin#stream()}. */
    long sequence();

    /** When the read that brought it returned, in milliseconds since the epoch. */
    long receivedAt();

    /** The bytes between the frame's boundaries; not to be changed. */
    byte[] getPayload();

    /** Unique among all messages of this and of any other run, and the same however often the message is delivered. */
    default String id() {
        return origin().stream() + "-" + sequence();
    }
}
