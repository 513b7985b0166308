package dev.sluice.transport.tcp;

import dev.sluice.check.Check;
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

    void check(Check check) {
        check.that(
                mode != Mode.REQUIRED || !trusted.isEmpty(),
                "trusted",
                "is empty, so that nobody could connect. Give your proxies, such as 10.0.0.5 or 10.0.0.0/24");
        check.that(
                mode != Mode.OFF || trusted.isEmpty() || check.says("mode"),
                "trusted",
                "means nothing while 'mode' is not 'required'. Say which it is to be");
    }

    /** Whether there is a header. */
    public enum Mode {
        OFF,
        REQUIRED
    }
}
