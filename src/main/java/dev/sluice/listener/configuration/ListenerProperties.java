package dev.sluice.listener.configuration;

import dev.sluice.check.Check;
import dev.sluice.delivery.DeliveryProperties;
import dev.sluice.device.CommandsProperties;
import dev.sluice.handler.ReplyProperties;
import dev.sluice.handler.ReplyProperties.After;
import dev.sluice.protocol.RuleProperties;
import dev.sluice.text.KebabCase;
import dev.sluice.transport.Access;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.Limits;
import dev.sluice.transport.PollsProperties;
import dev.sluice.transport.TapMode;
import dev.sluice.transport.Timeouts;
import dev.sluice.transport.framing.FramingProperties;
import dev.sluice.transport.tcp.TcpProperties;
import dev.sluice.transport.udp.UdpProperties;
import java.nio.charset.Charset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One listener, as an operator declares it; exactly one of {@code tcp} and {@code udp} is there.
 *
 * @param enabled whether it starts with the program; if not it is there, STOPPED
 * @param tcp the TCP port
 * @param udp the UDP port
 * @param framing where a message ends; for UDP only its {@code max-size} and frames count
 * @param charset of text: greeting, replies, and messages where a sink writes text or JSON
 * @param protocol the name of what its devices speak: framing, rules and identity, as far as it does not say its own
 * @param rules what a message is, who sent it, what it is answered, and whether it goes on
 * @param identity who its devices are
 * @param polls what is asked of devices that only answer
 * @param commands how devices are sent commands, which wait for those that are away; they are not if absent
 * @param tap what operators may see of its traffic when they look on
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
        @Nullable String protocol,
        @DefaultValue List<RuleProperties> rules,
        @NestedConfigurationProperty @DefaultValue IdentityProperties identity,
        @NestedConfigurationProperty @DefaultValue PollsProperties polls,
        @NestedConfigurationProperty @Nullable CommandsProperties commands,
        @DefaultValue("payload") TapMode tap,
        @NestedConfigurationProperty @DefaultValue ReplyProperties reply,
        @DefaultValue List<String> sinks,
        @NestedConfigurationProperty @DefaultValue DeliveryProperties delivery,
        @NestedConfigurationProperty @DefaultValue Limits limits,
        @NestedConfigurationProperty @DefaultValue Timeouts timeouts,
        @NestedConfigurationProperty @DefaultValue Access access) {

    private static final List<String> OF_PEERS_THAT_CONNECT =
            List.of("access", "limits.connections-per-second", "limits.max-connections-per-address");

    /** How it serves whom, in words for the log: {@code framing line, TLS by bundle 'edge', sinks archive, console}. */
    public String summary() {
        StringJoiner words = new StringJoiner(", ");
        if (protocol != null) {
            words.add("protocol " + protocol);
        }
        if (tcp != null) {
            words.add("framing " + KebabCase.of(framing.type().name()));
            if (tcp.tls() != null) {
                words.add("TLS by bundle '" + tcp.tls().bundle() + "'");
            }
        }
        Set<String> all = sinksOfAll();
        words.add(all.isEmpty() ? "no sinks" : "sinks " + String.join(", ", all));
        return words.toString();
    }

    /** Returns the names of its own sinks, and behind them of those that only its rules name. */
    Set<String> sinksOfAll() {
        Set<String> all = new LinkedHashSet<>(sinks);
        rules.stream().map(RuleProperties::sinks).filter(Objects::nonNull).forEach(all::addAll);
        return all;
    }

    /** Says what is wrong with it, as far as that can be told without knowing what else is declared. */
    void check(Check check) {
        check.that(tcp == null || udp == null, "", "has both 'tcp' and 'udp'. Make two listeners of it");
        check.that(
                tcp != null || udp != null || check.isReported("tcp") || check.isReported("udp"),
                "",
                "has neither 'tcp' nor 'udp'. Give it one, with a 'port'");
        if (tcp != null) {
            tcp.check(check.at("tcp"));
            polls.check(check.at("polls"));
            if (tcp.dials()) {
                checkDialling(check, tcp.connect().size());
            }
        }
        if (udp != null) {
            udp.check(check.at("udp"));
        }
        if (udp == null || tcp != null) {
            framing.check(check.at("framing"));
            limits.check(check.at("limits"));
            timeouts.check(check.at("timeouts"));
        } else {
            framing.checkDatagrams(check.at("framing"));
            limits.checkRates(check.at("limits"));
        }
        reply.check(check.at("reply"));
        checkTexts(check);
        check.that(
                reply.after() != After.DELIVERED || !sinksOfAll().isEmpty() || !check.saysItself("reply.after"),
                "reply.after",
                "'delivered' needs 'sinks' to deliver to. Name one, or write 'accepted'");
        delivery.check(check.at("delivery"));
    }

    private void checkDialling(Check check, int devices) {
        for (String key : OF_PEERS_THAT_CONNECT) {
            check.that(
                    !check.saysItself(key),
                    key,
                    "is for peers that connect, and with 'tcp.connect' nobody does: the devices named there are"
                            + " dialled. Remove it");
        }
        check.that(
                devices <= limits.maxConnections(),
                "limits.max-connections",
                limits.maxConnections() + " is less than the " + devices + " devices that 'tcp.connect' names");
    }

    private void checkTexts(Check check) {
        if (check.that(
                charset.canEncode(),
                "charset",
                "'" + charset + "' can only be read, not written. Choose another, such as UTF-8")) {
            checkText(check, "tcp.greeting", tcp == null ? null : tcp.greeting());
            checkText(check, "reply.text", reply.text());
            checkText(check, "reply.on-failure", reply.onFailure());
        }
    }

    private void checkText(Check check, String key, @Nullable String text) {
        (text == null ? "" : text)
                .codePoints()
                .mapToObj(Character::toString)
                .filter(character -> !charset.newEncoder().canEncode(character))
                .findFirst()
                .ifPresent(character -> check.report(
                        key,
                        "'" + character + "' cannot be written in " + charset
                                + ". Choose another 'charset', such as UTF-8"));
    }
}
