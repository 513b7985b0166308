package dev.sluice.transport;

import dev.sluice.check.Check;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who a listener's devices are. A rule says it, or how they connected.
 *
 * @param required whether nobody is served who has not said who he is
 * @param from a template that tells it as soon as a device is connected, of {tls-subject}, {tls-san} and
 *     {remote-address}; a rule may tell better
 * @param twice what becomes of two connections that say the same
 * @param realm within which an identity is one device's; the listener's name if absent
 * @param several how many identities one connection may have, as a gateway does; of one more the eldest is given up
 * @param refusedHex a template of bytes that one gets who is refused, before the connection is closed
 */
public record IdentityProperties(
        @DefaultValue("false") boolean required,
        @Nullable String from,
        @DefaultValue("allow") Twice twice,
        @Nullable String realm,
        @DefaultValue("1") int several,
        @Nullable String refusedHex) {

    private static final int MOST = 10_000;

    /** What becomes of two connections that say to be the same device. */
    public enum Twice {
        /** Both stay; what is sent to the device goes to the newer one. */
        ALLOW,
        /** The newer one stays. */
        REPLACE,
        /** The elder one stays. */
        REFUSE
    }

    /** As it is when an operator says nothing. */
    public static final IdentityProperties DEFAULTS = new IdentityProperties(false, null, Twice.ALLOW, null, 1, null);

    /** Says what is wrong with it. */
    public void check(Check check) {
        if (from != null) {
            check.parsed("from", () -> ConnectedAs.parse(from));
        }
        check.that(several >= 1 && several <= MOST, "several", "must be from 1 to " + MOST);
        check.that(
                realm == null || realm.matches("[a-z][a-z0-9-]{0,62}"),
                "realm",
                "is a lower-case letter and up to 62 lower-case letters, digits and dashes");
    }
}
