package dev.sluice.extension;

/**
 * The names of the headers that messages have beside those of Spring Integration's {@code IpHeaders}. All values are
 * text.
 */
public final class SluiceHeaders {

    /** The name of the listener that received the message. */
    public static final String LISTENER = "sluice_listener";

    /** The distinguished name (RFC 4514) in the certificate that the peer has shown; absent if it has shown none. */
    public static final String TLS_SUBJECT = "sluice_tlsSubject";

    /**
     * Who the device is; absent if nobody has said. On the channel of a listener that is who it was before the message,
     * for beans what the message's own rule left.
     */
    public static final String IDENTITY = "sluice_identity";

    // The names below are those of CloudEvents. Beans that are sinks get them.

    /** The id of the message, the same however often it is delivered. */
    public static final String CE_ID = "ce-id";

    /** {@code sluice/<listener>}. */
    public static final String CE_SOURCE = "ce-source";

    /** Always {@code dev.sluice.message}. */
    public static final String CE_TYPE = "ce-type";

    /** Always {@code 1.0}. */
    public static final String CE_SPECVERSION = "ce-specversion";

    /** Who the device is, without what CloudEvents do not allow; absent if nobody has said. */
    public static final String CE_SUBJECT = "ce-subject";

    /** When the message was received, in ISO 8601 and UTC. */
    public static final String CE_TIME = "ce-time";

    /** The name of the listener. */
    public static final String CE_LISTENER = "ce-listener";

    /** The id of the connection; for a datagram, {@code address:port}. */
    public static final String CE_CONNECTION = "ce-connection";

    /** The number of the message, from 1, on its connection; for datagrams, in its listener. */
    public static final String CE_SEQUENCE = "ce-sequence";

    /** The peer's address. */
    public static final String CE_REMOTEADDRESS = "ce-remoteaddress";

    private SluiceHeaders() {}
}
