package dev.sluice.message;

/** The trace of a message that was chosen to have one. Belongs to the thread that handles the message. */
public interface Trace {

    /** The name by which protocols with headers carry it, after W3C Trace Context. */
    String HEADER = "traceparent";

    /** Where it goes on, see {@link Envelope#traceparent()}. */
    String traceparent();

    /** The message was not accepted. */
    void failed(String reason);
}
