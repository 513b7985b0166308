package dev.sluice.message;

import java.util.Map;
import org.springframework.messaging.MessageHeaders;

/** The headers that all messages of one peer share; they carry neither an id nor a timestamp. */
public final class PeerHeaders extends MessageHeaders {

    /** The name of the listener that received the message. */
    public static final String LISTENER = "sluice_listener";

    private static final long serialVersionUID = 1L;

    public PeerHeaders(Map<String, Object> headers) {
        super(headers, ID_VALUE_NONE, -1L);
    }
}
