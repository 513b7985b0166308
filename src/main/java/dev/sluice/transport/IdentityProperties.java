package dev.sluice.transport;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
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
 * @param check where to ask whether a device is served; nobody is asked if absent
 */
public record IdentityProperties(
        @DefaultValue("false") boolean required,
        @Nullable String from,
        @DefaultValue("allow") Twice twice,
        @Nullable String realm,
        @DefaultValue("1") int several,
        @Nullable String refusedHex,
        @NestedConfigurationProperty @Nullable Check check) {

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

    /**
     * A web server that knows the devices: 2xx says that one is served; 401, 403 and 404 that it is not; anything else
     * is no answer, and its connection is closed.
     *
     * @param url that is got, with {@code {identity}} in it
     * @param headers that each request carries
     * @param cache how long an answer holds
     * @param timeout for the connection, and for a whole exchange
     * @param allowLinkLocal whether the server may have a link-local address, where clouds keep their credentials
     */
    public record Check(
            String url,
            @DefaultValue Map<String, String> headers,
            @DefaultValue("5m") Duration cache,
            @DefaultValue("5s") Duration timeout,
            @DefaultValue("false") boolean allowLinkLocal) {

        private static final String IDENTITY = "{identity}";

        /**
         * Returns what is got for a device.
         *
         * @param identity as it can be in a path
         * @throws IllegalArgumentException if the url is none
         */
        public URI uri(String identity) {
            URI uri = URI.create(url.replace(IDENTITY, identity));
            if (uri.getScheme() == null || !uri.getScheme().matches("https?") || uri.getHost() == null) {
                throw new IllegalArgumentException(
                        "'" + url + "' is not a url of a web server, such as https://example.org/devices/{identity}");
            }
            return uri;
        }

        void check(dev.sluice.check.Check check) {
            if (check.present("url", url, "that of a web server, such as https://example.org/devices/{identity}")
                    && check.that(url.contains(IDENTITY), "url", "has no '{identity}', so that all devices are one")) {
                check.parsed("url", () -> uri("x"));
            }
            check.that(!cache.isNegative(), "cache", "must not be negative");
            check.timeout(timeout);
        }

        /** Without the values of the headers. */
        @Override
        public String toString() {
            return "Check[url=" + url + ", headers=" + headers.keySet() + "]";
        }
    }

    /** Says what is wrong with it. */
    public void check(dev.sluice.check.Check check) {
        if (this.check != null) {
            this.check.check(check.at("check"));
        }
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
