package dev.sluice.handler;

import dev.sluice.message.Peer;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.pattern.Frames;
import dev.sluice.protocol.Found;
import dev.sluice.protocol.Rule;
import dev.sluice.protocol.RuleProperties;
import dev.sluice.protocol.RuleProperties.Reply;
import dev.sluice.protocol.Rules;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.IdentityProperties.Twice;
import dev.sluice.transport.Traffic;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers a message as the first rule says that fits it; as the listener does otherwise, where none says more. */
final class RuleHandler implements Handler {

    private final Rules rules;
    private final Admission admission;
    private final boolean checks;
    /** Whether a device that connects twice loses its first connection. */
    private final boolean replaces;

    private final Handler own;
    /** How many messages each rule fits, by its index. */
    private final LongAdder[] counts;
    /** What answers the messages of a rule, by its index; null if the listener's own does. */
    private final @Nullable Handler[] asked;

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
        this.admission = new Admission(identity, frames);
        this.checks = identity.check() != null;
        this.replaces = identity.twice() == Twice.REPLACE;
        this.own = own;
        this.counts =
                rules.all().stream().map(rule -> traffic.rule(rule.name())).toArray(LongAdder[]::new);
        this.asked = rules.all().stream().map(rule -> asked(rule, bean)).toArray(Handler[]::new);
    }

    @Override
    public byte @Nullable [] handle(ReceivedMessage message) {
        if (replaces && message.peer().isReplaced()) {
            message.peer().fail();
            return null;
        }
        message.keepOrigin();
        Found found = rules.find(message.getPayload());
        Rule rule = found.which();
        message.found(found);
        if (rule != null) {
            counts[rule.index()].increment();
        }
        String before = message.origin().identity();
        String now = rule == null ? before : rule.identify(found, message, message.peer());
        if (!Objects.equals(before, now) && !admission.identify(message, now)) {
            return null;
        }
        Handler asked = rule == null ? own : asked(rule);
        if (!asked.identifies()) {
            return admission.turnsAway(message) ? null : answer(rule, found, asked, message);
        }
        byte[] reply;
        try {
            reply = answer(rule, found, asked, message);
        } catch (RuntimeException | Error ex) {
            boolean _ = admission.turnsAway(message);
            throw ex;
        }
        return admission.turnsAway(message) ? null : reply;
    }

    private byte @Nullable [] answer(@Nullable Rule rule, Found found, Handler asked, ReceivedMessage message) {
        if (rule == null) {
            return asked.handle(message);
        }
        RuleProperties said = rule.properties();
        if (said.sinks() != null) {
            message.goesTo(said.sinks());
        }
        if (said.reply() != null && !said.reply().framed()) {
            message.answeredUnframed();
        }
        byte[] reply = rule.replies() ? rule.reply(found, message) : asked.handle(message);
        if (!said.forward()) {
            message.peer().quiet();
        }
        if (said.close()) {
            message.peer().end(Peer.End.RULE);
        }
        return reply;
    }

    /** Returns what answers the messages of a rule that has no template for that. */
    private Handler asked(Rule rule) {
        Handler said = asked[rule.index()];
        return said == null ? own : said;
    }

    private static @Nullable Handler asked(Rule rule, Function<String, Handler> beans) {
        Reply reply = rule.properties().reply();
        if (reply == null) {
            return null;
        }
        if (rule.replies()) {
            return Handlers.NONE;
        }
        if (reply.bean() != null) {
            return beans.apply(reply.bean());
        }
        return switch (reply.type()) {
            case NONE -> Handlers.NONE;
            case ECHO -> Handlers.ECHO;
            case null, default -> null;
        };
    }

    @Override
    public byte @Nullable [] failureAnswer(ReceivedMessage message, String reason) {
        return message.found() instanceof Found found && found.which() != null
                ? found.which().failureAnswer(found, message, reason)
                : null;
    }

    @Override
    public boolean mayWait() {
        return checks || own.mayWait() || Stream.of(asked).anyMatch(handler -> handler != null && handler.mayWait());
    }
}
