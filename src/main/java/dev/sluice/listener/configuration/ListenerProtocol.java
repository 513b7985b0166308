package dev.sluice.listener.configuration;

import dev.sluice.handler.ReplyProperties;
import dev.sluice.pattern.Frames;
import dev.sluice.protocol.RuleProperties;
import dev.sluice.protocol.Rules;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rules of a listener: its own, and behind them those of the protocol that it names. */
public final class ListenerProtocol {

    private ListenerProtocol() {}

    /**
     * @param protocols that are declared
     * @throws IllegalArgumentException if one of the rules cannot be, which a check would have told
     */
    public static Rules rules(ListenerProperties listener, Map<String, ProtocolProperties> protocols) {
        return new Rules(all(listener, protocols), listener.charset(), frames(listener.framing()));
    }

    static List<RuleProperties> all(ListenerProperties listener, Map<String, ProtocolProperties> protocols) {
        ProtocolProperties protocol = listener.protocol() == null ? null : protocols.get(listener.protocol());
        return protocol == null
                ? listener.rules()
                : Stream.concat(listener.rules().stream(), protocol.rules().stream())
                        .toList();
    }

    /** Returns whether a bean answers any of its messages, and so may tell fields of any name. */
    public static boolean asksBean(ListenerProperties listener, Map<String, ProtocolProperties> protocols) {
        return listener.reply().type() == ReplyProperties.Type.BEAN
                || all(listener, protocols).stream()
                        .anyMatch(rule -> rule.reply() != null && rule.reply().bean() != null);
    }

    /** Returns the frames that answers are; null if answers are framed otherwise. */
    public static @Nullable Frames frames(FramingProperties framing) {
        return framing.hasFrames() && framing.toFraming() instanceof Framing.Frames framed ? framed.patterns() : null;
    }
}
