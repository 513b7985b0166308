package dev.sluice.message;

import java.util.HashMap;
import java.util.Map;
import org.springframework.messaging.MessageHeaders;

/** The headers that all messages of one peer share; they carry neither an id nor a timestamp. */
public final class PeerHeaders extends MessageHeaders {

    /** The name of the listener that received the message. */
    public static final String LISTENER = "sluice_listener";

    /** The distinguished name (RFC 4514) in the certificate that the peer has shown; absent if it has shown none. */
    public static final String TLS_SUBJECT = "sluice_tlsSubject";

    /** Who the device is, as far as its connection has said by then; absent if nobody has. */
    public static final String IDENTITY = "sluice_identity";

    private static final long serialVersionUID = 1L;

    public PeerHeaders(Map<String, Object> headers) {
        super(headers, ID_VALUE_NONE, -1L);
    }

    /** These but one. */
    public PeerHeaders without(String name) {
        Map<String, Object> headers = new HashMap<>(this);
        headers.remove(name);
        return new PeerHeaders(headers);
    }

    /** These and one more. */
    public PeerHeaders with(String name, Object value) {
        Map<String, Object> headers = new HashMap<>(this);
        headers.put(name, value);
        return new PeerHeaders(headers);
    }
}
