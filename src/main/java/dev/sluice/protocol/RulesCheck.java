package dev.sluice.protocol;

import dev.sluice.check.Check;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.Pattern;
import dev.sluice.pattern.ReplyTemplate;
import dev.sluice.protocol.RuleProperties.Reply;
import dev.sluice.protocol.RuleProperties.Shape;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with rules: all that can be told without a message. */
public final class RulesCheck {

    private static final int LONGEST_NAME = 63;
    private static final String FIELD = "[A-Za-z][A-Za-z0-9_-]*";

    private final Check check;
    private final Charset charset;
    private final @Nullable Frames frames;
    private final boolean framesKnown;

    /** Of the rules before; null for one that takes every message. */
    private final Map<Integer, @Nullable Pattern> before = new HashMap<>();

    private final Map<String, Integer> names = new HashMap<>();

    /**
     * @param check of what the rules belong to
     * @param charset of text in messages and answers
     * @param frames that answers are; null if answers are framed otherwise
     * @param framesKnown whether what is said of frames could be read
     */
    public RulesCheck(Check check, Charset charset, @Nullable Frames frames, boolean framesKnown) {
        this.check = check;
        this.charset = charset;
        this.frames = frames;
        this.framesKnown = framesKnown;
    }

    /** Goes through them in their order. */
    public void check(List<RuleProperties> rules) {
        for (int i = 0; i < rules.size(); i++) {
            check(rules.get(i), i, check.at("rules[" + i + "]"));
        }
    }

    private void check(RuleProperties rule, int index, Check of) {
        Shape shape = rule.match();
        boolean shaped = shape == null || checkShape(shape, index, of);
        if (shape == null) {
            checkReach(null, index, of, "");
        }
        if (rule.name() != null) {
            checkName(rule.name(), index, of);
        }
        boolean found = checkPaths(rule.fields(), of);
        List<String> fields = new ArrayList<>();
        Pattern pattern = before.get(index);
        if (pattern != null) {
            fields.addAll(pattern.names());
        }
        for (String name : rule.fields().keySet()) {
            of.that(
                    !fields.contains(name),
                    "fields." + name,
                    "the pattern has a field of this name as well. Give one of them another");
            fields.add(name);
        }
        if (shaped && found) {
            if (rule.identify() != null) {
                String template = rule.identify();
                of.parsed("identify", () -> new Placeholders(ReplyTemplate.text(template, charset), fields));
            }
            if (rule.reply() != null) {
                checkReply(rule.reply(), fields, of);
            }
        }
        if (rule.sinks() != null) {
            of.that(!rule.sinks().isEmpty(), "sinks", "is empty. Write 'forward: false' in its place");
            of.that(rule.forward(), "sinks", "means nothing beside 'forward: false'. Remove one of them");
        }
    }

    /** Returns whether it could be read. */
    private boolean checkShape(Shape shape, int index, Check of) {
        List<String> said = said(List.of("hex", "text", "regex"), shape.hex(), shape.text(), shape.regex());
        if (!of.that(!said.isEmpty(), "match", "is empty. Give it 'hex', 'text' or 'regex', or remove it to fit all")
                || !of.that(
                        said.size() == 1,
                        "match",
                        "has both '" + said.getFirst() + "' and '" + said.getLast() + "'. Make two rules of it")) {
            return false;
        }
        String key = "match." + said.getFirst();
        return of.parsed(key, () -> {
                    Pattern pattern = Objects.requireNonNull(Rule.pattern(shape, charset));
                    checkReach(pattern, index, of, key);
                })
                && before.get(index) != null;
    }

    /** Returns which of these keys have a value. */
    private static List<String> said(List<String> keys, @Nullable String... values) {
        return IntStream.range(0, values.length)
                .filter(i -> values[i] != null)
                .mapToObj(keys::get)
                .toList();
    }

    private void checkReach(@Nullable Pattern pattern, int index, Check of, String key) {
        before.forEach((earlier, taken) -> of.that(
                taken != null && (pattern == null || !taken.covers(pattern)),
                key,
                "no message reaches this rule: rule " + (earlier + 1)
                        + " takes all that fit it. Put this one before it, or remove it"));
        before.put(index, pattern);
    }

    private void checkName(String name, int index, Check of) {
        of.that(
                !name.isBlank() && name.length() <= LONGEST_NAME,
                "name",
                "must have from 1 to " + LONGEST_NAME + " characters: it is the tag of a meter");
        Integer other = names.putIfAbsent(name, index);
        of.that(other == null, "name", "rule " + (other == null ? 0 : other + 1) + " is called so, too");
    }

    /** Returns whether a field may be called so. */
    public static boolean isFieldName(String name) {
        return name.matches(FIELD);
    }

    private static boolean checkPaths(Map<String, String> paths, Check of) {
        boolean all = true;
        for (Map.Entry<String, String> path : paths.entrySet()) {
            String key = "fields." + path.getKey();
            all &= of.that(
                            isFieldName(path.getKey()),
                            key,
                            "a field's name is a letter, and then letters, digits, dashes and underscores")
                    && of.parsed(key, () -> FieldPath.parse(path.getValue()));
        }
        return all;
    }

    private void checkReply(Reply reply, List<String> fields, Check of) {
        List<String> said = said(List.of("hex", "text", "bean"), reply.hex(), reply.text(), reply.bean());
        if (said.size() > 1) {
            of.report("reply", "has both '" + said.get(0) + "' and '" + said.get(1) + "'. Remove one of them");
            return;
        }
        Reply.Type type = reply.type();
        String named = type == null ? "" : type.name().toLowerCase(Locale.ROOT);
        boolean own = type == Reply.Type.NONE || type == Reply.Type.ECHO;
        if (type != null) {
            of.that(
                    own ? said.isEmpty() : said.contains(named),
                    "reply.type",
                    own
                            ? "'" + named + "' takes no '" + String.join("", said) + "'. Remove one of them"
                            : "'" + named + "' needs 'reply." + named + "'");
        }
        checkTemplate("reply.hex", reply.hex(), true, fields, of);
        checkTemplate("reply.text", reply.text(), false, fields, of);
        of.that(
                reply.onFailure() == null || reply.onFailureHex() == null,
                "reply.on-failure-hex",
                "is there beside 'on-failure'. Remove one of them");
        checkTemplate("reply.on-failure", reply.onFailure(), false, fields, of);
        checkTemplate("reply.on-failure-hex", reply.onFailureHex(), true, fields, of);
    }

    private void checkTemplate(String key, @Nullable String text, boolean hex, List<String> fields, Check of) {
        if (text != null) {
            of.parsed(key, () -> {
                ReplyTemplate template = hex ? ReplyTemplate.hex(text) : ReplyTemplate.text(text, charset);
                var _ = new Placeholders(framesKnown ? template.sealedBy(frames) : template, fields);
            });
        }
    }
}
