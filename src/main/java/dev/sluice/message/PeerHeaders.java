package dev.sluice.message;

import java.util.HashMap;
import java.util.Map;
import org.springframework.messaging.MessageHeaders;

/** The headers that all messages of one peer share; they carry neither an id nor a timestamp. */
public final class PeerHeaders extends MessageHeaders {

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
