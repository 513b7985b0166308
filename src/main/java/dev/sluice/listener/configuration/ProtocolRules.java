package dev.sluice.listener.configuration;

import dev.sluice.handler.ReplyProperties;
import dev.sluice.pattern.Frames;
import dev.sluice.protocol.PlainTemplate;
import dev.sluice.protocol.RuleProperties;
import dev.sluice.protocol.Rules;
import dev.sluice.protocol.RulesCheck;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.framing.FramingProperties;
import dev.sluice.transport.tcp.TlsProperties;
import dev.sluice.transport.tcp.TlsProperties.ClientAuth;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What devices speak, as far as listeners and protocols declare it by rules. */
final class ProtocolRules {

    /** What the outcome of a command tells as fields. */
    private static final List<String> OUTCOME_FIELDS = List.of("command", "outcome", "realm", "attempts");

    private final Map<String, Declared<ProtocolProperties>> protocols = new LinkedHashMap<>();

    ProtocolRules(List<Declared<ProtocolProperties>> protocols) {
        protocols.forEach(protocol -> this.protocols.put(protocol.name(), protocol));
    }

    /**
     * Checks the protocols themselves; what is wrong with their framing, say, is told of each listener that has it.
     *
     * @param sinks that are declared
     */
    void check(Collection<String> sinks) {
        for (Declared<ProtocolProperties> protocol : protocols.values()) {
            ProtocolProperties properties = protocol.properties();
            Charset charset = properties.charset() == null ? StandardCharsets.UTF_8 : properties.charset();
            check(protocol, properties.rules(), charset, properties.framing());
            checkSinks(protocol, properties.rules(), sinks);
        }
    }

    /**
     * @param sinks that are declared
     */
    void check(Declared<ListenerProperties> listener, Collection<String> sinks) {
        ListenerProperties properties = listener.properties();
        check(listener, properties.rules(), properties.charset(), properties.framing());
        properties.identity().check(listener.at("identity"));
        checkTemplates(listener);
        String protocol = properties.protocol();
        if (protocol != null && !protocol.isEmpty() && !protocols.containsKey(protocol)) {
            Set<String> known = new LinkedHashSet<>(protocols.keySet());
            known.addAll(ShippedProtocols.names());
            String suggestion = Nearest.suggestion(protocol, known);
            listener.report(
                    "protocol",
                    "there is no protocol '" + protocol + "'."
                            + (suggestion.isEmpty()
                                    ? " Declare it under 'sluice.protocols', or name one of " + String.join(", ", known)
                                    : suggestion));
        }
        checkSinks(listener, properties.rules(), sinks);
        checkInherited(listener);
        checkIdentity(listener);
        checkCommands(listener);
    }

    private void checkCommands(Declared<ListenerProperties> listener) {
        ListenerProperties properties = listener.properties();
        if (properties.commands() == null || properties.tcp() == null) {
            return;
        }
        Frames frames = null;
        boolean known = true;
        try {
            frames = ListenerProtocol.frames(properties.framing());
        } catch (IllegalArgumentException ex) {
            known = false; // It is told where the framing is checked.
        }
        properties
                .commands()
                .check(listener.at("commands"), isIdentified(properties), properties.charset(), frames, known);
    }

    /** Whether anybody could say who he is. */
    private boolean isIdentified(ListenerProperties properties) {
        return properties.identity().from() != null
                || properties.reply().type() == ReplyProperties.Type.BEAN
                || ListenerProtocol.all(properties, declared()).stream()
                        .anyMatch(rule -> rule.identify() != null
                                || rule.reply() != null && rule.reply().bean() != null);
    }

    private static void checkSinks(Declared<?> declared, List<RuleProperties> rules, Collection<String> sinks) {
        for (int i = 0; i < rules.size(); i++) {
            List<String> named = Objects.requireNonNullElse(rules.get(i).sinks(), List.of());
            for (String sink : named) {
                String key = "rules[" + i + "].sinks";
                declared.that(
                        sinks.contains(sink),
                        key,
                        "there is no sink '" + sink + "'." + Nearest.suggestion(sink, sinks));
                declared.that(
                        Collections.frequency(named, sink) == 1, key, "'" + sink + "' is named twice. Remove one");
            }
        }
    }

    /** The rules of a protocol have to go with the framing and the charset of each listener, which may be its own. */
    private void checkInherited(Declared<ListenerProperties> listener) {
        ListenerProperties properties = listener.properties();
        Declared<ProtocolProperties> named = protocols.get(properties.protocol());
        if (named == null) {
            return;
        }
        ProtocolProperties protocol = named.properties();
        Charset charset = protocol.charset() == null ? StandardCharsets.UTF_8 : protocol.charset();
        Frames frames;
        try {
            frames = ListenerProtocol.frames(properties.framing());
            var _ = new Rules(
                    protocol.rules(),
                    charset,
                    protocol.framing() == null ? null : ListenerProtocol.frames(protocol.framing()));
        } catch (IllegalArgumentException ex) {
            return; // It is told where they are checked.
        }
        try {
            var _ = new Rules(protocol.rules(), properties.charset(), frames);
        } catch (IllegalArgumentException ex) {
            listener.report(
                    "protocol",
                    "the rules of '" + named.name() + "' do not go with the framing or charset that the listener has: "
                            + ex.getMessage()
                            + ". Leave these to the protocol, or write rules of the listener's own without 'protocol'");
        }
    }

    private void checkIdentity(Declared<ListenerProperties> listener) {
        ListenerProperties properties = listener.properties();
        IdentityProperties identity = properties.identity();
        listener.that(
                !identity.required() || isIdentified(properties),
                "identity.required",
                "nobody could say who he is, and each connection would be closed. Give a rule an 'identify', or write"
                        + " 'identity.from'");
        TlsProperties tls = properties.tcp() == null ? null : properties.tcp().tls();
        listener.that(
                identity.from() == null
                        || !identity.from().contains("{tls-")
                        || tls != null && tls.clientAuth() != ClientAuth.NONE,
                "identity.from",
                "no device shows a certificate, so that none would be known. Write 'tcp.tls.client-auth: need'");
    }

    private static void check(
            Declared<?> declared, List<RuleProperties> rules, Charset charset, @Nullable FramingProperties framing) {
        Frames frames = null;
        boolean known = true;
        try {
            frames = framing == null ? null : ListenerProtocol.frames(framing);
        } catch (IllegalArgumentException ex) {
            known = false; // It is told where the framing is checked.
        }
        new RulesCheck(declared, charset, frames, known).check(rules);
    }

    /** Checks what is written whichever rule fits. */
    private static void checkTemplates(Declared<ListenerProperties> listener) {
        ListenerProperties properties = listener.properties();
        Charset charset = properties.charset();
        PlainTemplateCheck hex = new PlainTemplateCheck(listener, properties.framing(), PlainTemplate::hex);
        PlainTemplateCheck text = new PlainTemplateCheck(
                listener, properties.framing(), (written, frames) -> PlainTemplate.text(written, charset, frames));
        hex.check("reply.hex", properties.reply().hex());
        hex.check("reply.on-failure-hex", properties.reply().onFailureHex());
        hex.check("identity.refused-hex", properties.identity().refusedHex());
        for (int i = 0; i < properties.polls().hex().size(); i++) {
            hex.check("polls.hex[" + i + "]", properties.polls().hex().get(i));
        }
        for (int i = 0; i < properties.polls().text().size(); i++) {
            text.check("polls.text[" + i + "]", properties.polls().text().get(i));
        }
    }

    /** Parses templates as a start would, as far as the frames that they are one of can be read. */
    private record PlainTemplateCheck(
            Declared<ListenerProperties> listener,
            FramingProperties framing,
            BiFunction<String, @Nullable Frames, PlainTemplate> parser) {

        void check(String key, @Nullable String written) {
            Frames frames;
            try {
                frames = ListenerProtocol.frames(framing);
            } catch (IllegalArgumentException ex) {
                return; // It is told where the framing is checked.
            }
            if (written != null && !written.isEmpty()) {
                listener.parsed(key, () -> {
                    PlainTemplate _ = parser.apply(written, frames);
                });
            }
        }
    }

    /**
     * Returns the names of the fields that messages may have that come to a sink, as far as rules find them, or an
     * outcome of a command has them.
     *
     * @param listeners those of {@link #sources}
     */
    Set<String> fields(String sink, List<Declared<ListenerProperties>> listeners) {
        Set<String> fields = new LinkedHashSet<>();
        if (listeners.stream()
                .anyMatch(listener -> outcomes(listener.properties()).contains(sink))) {
            fields.addAll(OUTCOME_FIELDS);
        }
        for (Declared<ListenerProperties> listener : listeners) {
            ListenerProperties properties = listener.properties();
            try {
                fields.addAll(new Rules(
                                ListenerProtocol.all(properties, declared()),
                                properties.charset(),
                                ListenerProtocol.frames(properties.framing()))
                        .fields());
            } catch (IllegalArgumentException ex) {
                // It has been told what is wrong with a rule.
            }
        }
        return fields;
    }

    /** Returns whether messages of any of these may have fields of any name, since a bean may tell them. */
    boolean asksBean(List<Declared<ListenerProperties>> listeners) {
        return listeners.stream().anyMatch(listener -> ListenerProtocol.asksBean(listener.properties(), declared()));
    }

    /** Returns those of the listeners whose messages come to a sink. */
    List<Declared<ListenerProperties>> sources(String sink, List<Declared<ListenerProperties>> listeners) {
        return listeners.stream()
                .filter(listener -> Stream.concat(
                                Stream.of(listener.properties().sinks(), outcomes(listener.properties())),
                                ListenerProtocol.all(listener.properties(), declared()).stream()
                                        .map(RuleProperties::sinks))
                        .anyMatch(names -> names != null && names.contains(sink)))
                .toList();
    }

    private static List<String> outcomes(ListenerProperties listener) {
        return listener.commands() == null ? List.of() : listener.commands().outcomes();
    }

    private Map<String, ProtocolProperties> declared() {
        Map<String, ProtocolProperties> declared = new LinkedHashMap<>();
        protocols.forEach((name, protocol) -> declared.put(name, protocol.properties()));
        return declared;
    }
}
