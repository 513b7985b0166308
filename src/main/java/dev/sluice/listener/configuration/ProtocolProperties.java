package dev.sluice.listener.configuration;

import dev.sluice.device.CommandsProperties;
import dev.sluice.handler.ReplyProperties;
import dev.sluice.protocol.RuleProperties;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.PollsProperties;
import dev.sluice.transport.framing.FramingProperties;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What devices of one kind speak, for all listeners that name it: they have what they do not say themselves from here,
 * key by key.
 *
 * @param framing where a message ends
 * @param charset of text
 * @param reply what a peer gets for a message that no rule answers
 * @param rules tried behind a listener's own
 * @param identity who the devices are
 * @param polls what is asked of devices that only answer
 * @param commands how devices are sent commands
 */
public record ProtocolProperties(
        @NestedConfigurationProperty @Nullable FramingProperties framing,
        @Nullable Charset charset,
        @NestedConfigurationProperty @Nullable ReplyProperties reply,
        @DefaultValue List<RuleProperties> rules,
        @NestedConfigurationProperty @Nullable IdentityProperties identity,
        @NestedConfigurationProperty @Nullable PollsProperties polls,
        @NestedConfigurationProperty @Nullable CommandsProperties commands) {}
