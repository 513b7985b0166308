package dev.sluice.protocol;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.Match;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a listener's messages are, in the order in which that is tried. Immutable, and safe for many threads. */
public final class Rules {

    private final Rule[] rules;
    private final Charset charset;
    private final Set<String> fields = new LinkedHashSet<>();

    /**
     * @param charset of text in messages and answers
     * @param frames that answers are; null if answers are framed otherwise
     * @throws IllegalArgumentException if one cannot be, which {@link RulesCheck} would have told
     */
    public Rules(List<RuleProperties> properties, Charset charset, @Nullable Frames frames) {
        List<Rule> all = new ArrayList<>();
        for (RuleProperties one : properties) {
            all.add(new Rule(one, all.size() + 1, charset, frames));
        }
        this.rules = all.toArray(Rule[]::new);
        this.charset = charset;
        all.forEach(rule -> fields.addAll(rule.fields()));
    }

    /** Returns which rule fits, if any does, and what can be found by it. */
    public Found find(byte[] message) {
        for (Rule rule : rules) {
            if (rule.takesAll()) {
                return new Found(this, rule, null, message);
            }
            Match match = rule.match(message);
            if (match != null) {
                return new Found(this, rule, match, message);
            }
        }
        return new Found(this, null, null, message);
    }

    /** The same of a message that was taken from the spool. */
    public Fields fields(Envelope message) {
        return find(message.getPayload());
    }

    /** The names of all fields that messages may have. */
    public Set<String> fields() {
        return fields;
    }

    public List<Rule> all() {
        return List.of(rules);
    }

    Charset charset() {
        return charset;
    }
}
