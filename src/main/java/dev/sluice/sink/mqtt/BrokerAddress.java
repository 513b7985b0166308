package dev.sluice.sink.mqtt;

import dev.sluice.message.AddressText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a broker listens.
 *
 * @param tls whether it is spoken to through TLS
 */
record BrokerAddress(String host, int port, boolean tls) {

    /** No {@code java.net.URI}, which takes no host with an underscore, as container networks have. */
    private static final Pattern URL =
            Pattern.compile("(tcp|ssl)://(?:\\[([0-9a-fA-F:.]+)]|([^\\s:/?#@\\[\\]]+))(?::(\\d{1,5}))?/?");

    private static final int PORT = 1883;
    private static final int TLS_PORT = 8883;

    /**
     * @throws IllegalArgumentException saying what would be right
     */
    static BrokerAddress parse(String url) {
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + url + "' is neither tcp://host:port nor ssl://host:port");
        }
        boolean tls = matcher.group(1).equals("ssl");
        String host = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
        int port = tls ? TLS_PORT : PORT;
        if (matcher.group(4) != null) {
            port = Integer.parseInt(matcher.group(4));
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not from 1 to 65535");
        }
        return new BrokerAddress(host, port, tls);
    }

    @Override
    public String toString() {
        return AddressText.bracketed(host) + ":" + port;
    }
}
