package dev.sluice.transport;

import java.net.InetAddress;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whom a listener serves, by address.
 *
 * @param allow who is served; empty is everyone, which the check lets nobody say by a variable that is empty
 * @param deny who is not, even if allowed
 */
public record Access(
        @DefaultValue List<Cidr> allow, @DefaultValue List<Cidr> deny) {

    public static final Access EVERYONE = new Access(List.of(), List.of());

    /** Whether the address is served. */
    public boolean permits(InetAddress address) {
        return (allow.isEmpty() || Cidr.anyContains(allow, address)) && !Cidr.anyContains(deny, address);
    }
}
