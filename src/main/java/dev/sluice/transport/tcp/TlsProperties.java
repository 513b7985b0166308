package dev.sluice.transport.tcp;

import dev.sluice.check.Check;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a TCP port speaks TLS, or how devices are spoken to that are dialled.
 *
 * @param bundle a name under {@code spring.ssl.bundle}, which holds the port's certificate and key and, if its peers
 *     show certificates, who may have issued them; for devices, who may have issued theirs, and our own for those that
 *     ask
 * @param clientAuth whether a peer that connects shows a certificate of its own
 * @param serverName the name that the certificate of a dialled device has to be for; that by which it is dialled if
 *     absent
 */
public record TlsProperties(
        @Nullable String bundle,
        @DefaultValue("none") ClientAuth clientAuth,
        @Nullable String serverName) {

    private static final Pattern NAME = Pattern.compile("[\\w.-]+|[0-9a-fA-F:.]+");

    /** Says what is wrong with it. */
    void check(Check check, boolean dials) {
        check.present("bundle", bundle, "the name of a bundle under 'spring.ssl.bundle'");
        check.that(
                dials || !check.saysItself("server-name"),
                "server-name",
                "is only for devices that are dialled by 'connect'. Remove it");
        check.that(
                !dials || !check.saysItself("client-auth"),
                "client-auth",
                "is only for peers that connect; a device that is dialled shows its certificate always. Remove it");
        check.that(
                serverName == null || NAME.matcher(serverName).matches(),
                "server-name",
                "'" + serverName + "' is neither the name of a host nor an address");
    }

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
