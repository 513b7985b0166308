package dev.sluice.transport;

import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.Peer;
import dev.sluice.text.KebabCase;
import java.util.Optional;

/** Why something ended or was refused: a tag of a meter, so there are few. */
public sealed interface Reason {

    String name();

    /** As meters and endpoints show it: {@code frame-timeout}. */
    default String text() {
        return KebabCase.of(name());
    }

    /** Why a connection was closed as soon as it was accepted, or as its PROXY header was read. */
    enum Rejected implements Reason {
        /** There were as many as the listener takes. */
        MAX_CONNECTIONS,
        /** Its address had as many as one may have. */
        MAX_CONNECTIONS_PER_ADDRESS,
        /** Too many had come within a second. */
        CONNECTIONS_PER_SECOND,
        /** All connections held as much memory as they may. */
        MEMORY,
        /** Its address is not served. */
        ACCESS_DENIED,
        /** It has to come from a proxy that is trusted, and did not. */
        UNTRUSTED_PROXY,
        /** It did not begin with a PROXY header, whole and well-formed. */
        PROXY_HEADER,
        /** Its PROXY header took too long. */
        PROXY_TIMEOUT
    }

    /** Why a connection ended. */
    enum Closed implements Reason {
        /** The peer ended its side. */
        PEER,
        /** The connection broke: reset, or unreachable. */
        BROKEN,
        /** Nothing was read for too long. */
        IDLE,
        /** The peers did not agree on TLS: no common version or cipher, or the peer does not trust our certificate. */
        HANDSHAKE,
        /** The handshake took too long. */
        HANDSHAKE_TIMEOUT,
        /** The peer's certificate is missing, out of date or not trusted. */
        CERTIFICATE,
        /** The peer does not speak TLS, and the port does. */
        NOT_TLS,
        /** The peer speaks TLS, and the port does not. */
        UNEXPECTED_TLS,
        /** A frame took too long to end. */
        FRAME_TIMEOUT,
        /** The peer did not read. */
        WRITE_TIMEOUT,
        /** A frame was too large. */
        OVERSIZE,
        /** The bytes were no frames. */
        MALFORMED,
        /** A message failed and there was no answer for that. */
        FAILED,
        /** The rule of its last message says so, or a bean. */
        RULE,
        /** It sent a message before it had said who it is. */
        UNIDENTIFIED,
        /** Who it says to be is not served, or is connected already. */
        REFUSED,
        /** Nobody could tell whether who it says to be is served. */
        UNCHECKED,
        /** It was sent a command, and what it says next could not be told from an answer that comes too late. */
        UNCONFIRMED,
        /** Its device has connected once more. */
        REPLACED,
        /** All connections held as much memory as they may, and it held much of that for long. */
        MEMORY,
        /** Its device has connected too often of late. */
        RESTLESS,
        /** It had reached its greatest age. */
        SESSION,
        /** It was served when it came, and the access lists have changed since. */
        ACCESS_DENIED,
        /** Its listener has changed: its device is no longer declared, or it was to go on by the new framing. */
        RELOADED,
        /** An operator closed it. */
        OPERATOR,
        /** The listener stopped. */
        STOPPED;

        /** Returns what the end of a connection counts as that the handling of a message wants. */
        public static Closed of(Peer.End end) {
            return switch (end) {
                case FAILED -> FAILED;
                case RULE -> RULE;
                case UNIDENTIFIED -> UNIDENTIFIED;
                case REFUSED -> REFUSED;
                case UNCHECKED -> UNCHECKED;
            };
        }
    }

    /** Why a message was dropped before it was handled. */
    enum Dropped implements Reason {
        /** It was larger than {@code max-size}. */
        OVERSIZE,
        /** Its bytes were no frame. */
        MALFORMED,
        /** Its checksum was wrong. */
        CHECKSUM,
        /** It was not ended: the stream ended within it, or its sender broke it off and began another. */
        INCOMPLETE,
        /** It had been read when its connection was closed, and its turn had not come. */
        CLOSED,
        /** The spool was full, and new messages are to be dropped then. */
        SPOOL_FULL,
        /** An interceptor of the listener's channel did not let it pass. */
        REFUSED,
        /** It was a datagram from an address that is not served. */
        ACCESS_DENIED,
        /** It was a datagram from an address that had sent as much as it may. */
        RATE_LIMITED,
        /** It was a datagram that a listener of this process would have sent, by its source: it is forged. */
        OWN_ADDRESS;

        /** Returns why a refused message counts as dropped; nothing if it failed, or if it was accepted. */
        public static Optional<Dropped> of(Refusal refusal) {
            return switch (refusal.kind()) {
                case DROPPED -> Optional.of(SPOOL_FULL);
                case INTERRUPTED -> Optional.of(CLOSED);
                case FAILED, UNDELIVERED -> Optional.empty();
            };
        }
    }

    /** Why a reply to a datagram was not sent: its source may be forged, and somebody else would get it. */
    enum Withheld implements Reason {
        /** With what had been sent before, it was longer than {@code max-reply-factor} times its request. */
        TOO_LONG,
        /** The port is one of a service of the system, below 1024. */
        SYSTEM_PORT,
        /** The address is that of many, or of nobody. */
        NOT_UNICAST
    }
}
