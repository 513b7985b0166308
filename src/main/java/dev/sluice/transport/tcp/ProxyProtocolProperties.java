package dev.sluice.transport.tcp;

import dev.sluice.transport.Cidr;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The PROXY protocol, versions 1 and 2, by which a proxy says whose connection it passes on.
 *
 * @param mode whether each connection has to begin with such a header; it is never guessed
 * @param trusted proxies whose header is believed; connections of others are refused
 */
public record ProxyProtocolProperties(
        @DefaultValue("off") Mode mode, @DefaultValue List<Cidr> trusted) {

    /** Whether there is a header. */
    public enum Mode {
        OFF,
        REQUIRED
    }
}
