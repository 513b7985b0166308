package dev.sluice.handler;

import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.pattern.Frames;
import dev.sluice.protocol.Found;
import dev.sluice.protocol.PlainTemplate;
import dev.sluice.protocol.Rule;
import dev.sluice.protocol.RuleProperties.Reply;
import dev.sluice.protocol.Rules;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.IdentityProperties.Twice;
import dev.sluice.transport.Traffic;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers a message as the first rule says that fits it; as the listener does otherwise, where none says more. */
final class RuleHandler implements Handler {

    private final Rules rules;
    private final boolean identityRequired;
    private final boolean checks;
    /** Whether a device that connects twice loses its first connection. */
    private final boolean replaces;

    private final @Nullable PlainTemplate refused;
    private final Handler own;
    /** How many messages each rule fits, by its index. */
    private final LongAdder[] counts;
    /** What asks the bean of a rule, by its index. */
    private final @Nullable Handler[] beans;

    /**
     * @param identity who devices are
     * @param frames that answers are; null if they are framed otherwise
     * @param own of the listener, for what no rule answers
     * @param bean makes the handler of a bean's name
     */
    RuleHandler(
            Rules rules,
            IdentityProperties identity,
            @Nullable Frames frames,
            Handler own,
            Traffic traffic,
            Function<String, Handler> bean) {
        this.rules = rules;
        this.identityRequired = identity.required();
        this.checks = identity.check() != null;
        this.replaces = identity.twice() == Twice.REPLACE;
        this.refused = identity.refusedHex() == null ? null : PlainTemplate.hex(identity.refusedHex(), frames);
        this.own = own;
        this.counts =
                rules.all().stream().map(rule -> traffic.rule(rule.name())).toArray(LongAdder[]::new);
        this.beans = new @Nullable Handler[counts.length];
        for (Rule rule : rules.all()) {
            Reply reply = rule.properties().reply();
            if (reply != null && reply.bean() != null) {
                beans[rule.index()] = bean.apply(reply.bean());
            }
        }
    }

    @Override
    public byte @Nullable [] handle(ReceivedMessage message) {
        if (replaces && message.peer().isReplaced()) {
            message.peer().fail();
            return null;
        }
        Found found = rules.find(message.getPayload());
        Rule rule = found.which();
        message.found(found);
        if (rule != null) {
            counts[rule.index()].increment();
        }
        String before = message.origin().identity();
        String now = rule == null ? before : rule.identify(found, message, message.peer());
        boolean changed = !Objects.equals(before, now);
        if (changed && !identify(message, message.origin().identified(now))) {
            return null;
        }
        if (identityRequired && now == null) {
            message.peer().fail();
            message.peer().end(Peer.End.UNIDENTIFIED);
            return null;
        }
        if (rule == null) {
            return own.handle(message);
        }
        byte[] reply = reply(rule, found, message, changed);
        if (!rule.properties().forward()) {
            message.peer().quiet();
        }
        if (rule.properties().close()) {
            message.peer().end(Peer.End.RULE);
        }
        return reply;
    }

    /** Returns whether it may be who it says to be; if not it is answered that, and is to end. */
    private boolean identify(ReceivedMessage message, Origin origin) {
        Peer.End refusal = message.peer().identified(origin);
        if (refusal == null) {
            message.identify(origin);
            return true;
        }
        message.peer().fail();
        if (refusal == Peer.End.REFUSED && refused != null) {
            message.reply(refused.render(message, "refused"));
        }
        message.peer().end(refusal);
        return false;
    }

    private byte @Nullable [] reply(Rule rule, Found found, ReceivedMessage message, boolean identified) {
        if (rule.properties().sinks() != null) {
            message.goesTo(rule.properties().sinks());
        }
        Reply said = rule.properties().reply();
        if (said == null) {
            return own.handle(message);
        }
        if (!said.framed()) {
            message.answeredUnframed();
        }
        if (rule.replies()) {
            return rule.reply(found, message);
        }
        Handler bean = beans[rule.index()];
        if (bean != null) {
            return bean.handle(identified ? withIdentity(message) : message);
        }
        return switch (said.type()) {
            case NONE -> null;
            case ECHO -> message.getPayload();
            case null, default -> own.handle(message);
        };
    }

    /** The headers are of the time before the message said who sent it. */
    private static ReceivedMessage withIdentity(ReceivedMessage message) {
        Map<String, Object> headers = new HashMap<>(message.getHeaders());
        headers.put(
                PeerHeaders.IDENTITY, Objects.requireNonNull(message.origin().identity()));
        return message.replacedBy(message.getPayload(), new PeerHeaders(headers));
    }

    @Override
    public byte @Nullable [] failureAnswer(ReceivedMessage message, String reason) {
        return message.fields() instanceof Found found && found.which() != null
                ? found.which().failureAnswer(found, message, reason)
                : null;
    }

    @Override
    public boolean mayWait() {
        return checks || own.mayWait() || Stream.of(beans).anyMatch(Objects::nonNull);
    }
}
