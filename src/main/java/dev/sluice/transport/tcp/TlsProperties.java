package dev.sluice.transport.tcp;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a TCP port speaks TLS.
 *
 * @param bundle a name under {@code spring.ssl.bundle}, which holds the port's certificate and key and, if its peers show
 *     certificates, who may have issued them
 * @param clientAuth whether a peer shows a certificate of its own
 */
public record TlsProperties(
        @Nullable String bundle, @DefaultValue("none") ClientAuth clientAuth) {

    /** Whether a peer has to say who it is. */
    public enum ClientAuth {
        /** It is not asked. */
        NONE,
        /** It is asked, and may leave the question open. */
        WANT,
        /** It is asked, and without an answer there is no connection. */
        NEED
    }
}
