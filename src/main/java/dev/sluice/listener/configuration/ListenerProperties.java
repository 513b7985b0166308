package dev.sluice.listener.configuration;

import dev.sluice.delivery.DeliveryProperties;
import dev.sluice.handler.ReplyProperties;
import dev.sluice.transport.Access;
import dev.sluice.transport.Limits;
import dev.sluice.transport.Timeouts;
import dev.sluice.transport.framing.FramingProperties;
import dev.sluice.transport.tcp.TcpProperties;
import dev.sluice.transport.udp.UdpProperties;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One listener, as an operator declares it; exactly one of {@code tcp} and {@code udp} is there.
 *
 * @param enabled whether it starts with the program; if not it is there, STOPPED
 * @param tcp the TCP port
 * @param udp the UDP port
 * @param framing where a message ends; for UDP only its {@code max-size} counts
 * @param charset of text: greeting, replies, and messages where a sink writes text or JSON
 * @param reply what a peer gets for a message
 * @param sinks names of those that each message goes to; may be empty
 * @param delivery how it gets there
 * @param limits how much the listener takes on
 * @param timeouts how long it waits for its peers
 * @param access whom it serves
 */
public record ListenerProperties(
        @DefaultValue("true") boolean enabled,
        @NestedConfigurationProperty @Nullable TcpProperties tcp,
        @NestedConfigurationProperty @Nullable UdpProperties udp,
        @NestedConfigurationProperty @DefaultValue FramingProperties framing,
        @DefaultValue("UTF-8") Charset charset,
        @NestedConfigurationProperty @DefaultValue ReplyProperties reply,
        @DefaultValue List<String> sinks,
        @NestedConfigurationProperty @DefaultValue DeliveryProperties delivery,
        @NestedConfigurationProperty @DefaultValue Limits limits,
        @NestedConfigurationProperty @DefaultValue Timeouts timeouts,
        @NestedConfigurationProperty @DefaultValue Access access) {}
