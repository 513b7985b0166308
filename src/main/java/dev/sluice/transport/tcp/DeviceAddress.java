package dev.sluice.transport.tcp;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a device listens.
 *
 * @param host a name, which is looked up at each attempt, or a literal of IPv4 or IPv6 without brackets
 * @param port from 1 to 65535
 */
record DeviceAddress(String host, int port) {

    private static final Pattern WRITTEN =
            Pattern.compile("(?:\\[([0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|([^\\s:/@\\[\\]]+)):(\\d{1,5})");

    /**
     * Reads one. No name is looked up.
     *
     * @throws IllegalArgumentException if the text is none; says what would be right
     */
    static DeviceAddress of(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not the address of a device. Write host:port, such as 10.0.0.7:4001 or [2001:db8::7]:4001");
        }
        int port = Integer.parseInt(written.group(3));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + text + "' has no port from 1 to 65535");
        }
        String literal = written.group(1);
        return new DeviceAddress(literal == null ? written.group(2) : literal, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
