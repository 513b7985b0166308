package dev.sluice.pattern;

import com.google.re2j.Matcher;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An expression of RE2/J, which takes time linear in the message, since peers write the messages. */
final class RegexPattern implements ShapedPattern {

    private final com.google.re2j.Pattern expression;
    private final Charset charset;
    private final List<String> names;
    private final int[] groups;
    /** Whether each character is one byte, so that they have the same index. */
    private final boolean bytewise;

    private RegexPattern(com.google.re2j.Pattern expression, Charset charset) {
        this.expression = expression;
        this.charset = charset;
        List<Map.Entry<String, Integer>> named = expression.namedGroups().entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .toList();
        this.names = named.stream().map(Map.Entry::getKey).toList();
        this.groups = named.stream().mapToInt(Map.Entry::getValue).toArray();
        this.bytewise = charset.canEncode() && charset.newEncoder().maxBytesPerChar() == 1;
    }

    static RegexPattern parse(String text, Charset charset) {
        try {
            return new RegexPattern(com.google.re2j.Pattern.compile(text, com.google.re2j.Pattern.DOTALL), charset);
        } catch (PatternSyntaxException ex) {
            String wrong = ex.getPattern() == null ? "" : ex.getPattern();
            String problem = ex.getDescription() + (wrong.isEmpty() ? "" : " '" + wrong + "'");
            throw PatternException.at(
                    Math.max(0, text.indexOf(wrong)),
                    problem,
                    "Expressions are those of RE2, which have neither look-around nor back references");
        }
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public @Nullable Match match(byte[] message) {
        String text = Charsets.decode(message, charset);
        if (text == null) {
            return null;
        }
        boolean utf8 = charset.equals(StandardCharsets.UTF_8);
        Matcher matcher = utf8 ? expression.matcher(message) : expression.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int[] spans = new int[2 * groups.length];
        for (int i = 0; i < groups.length; i++) {
            int start = matcher.start(groups[i]);
            spans[2 * i] = start < 0 || utf8 ? start : index(text, start);
            spans[2 * i + 1] = start < 0 || utf8 ? matcher.end(groups[i]) : index(text, matcher.end(groups[i]));
        }
        return new Match(message, spans, charset);
    }

    /** Returns the index of the byte where the character of this index begins. */
    private int index(String text, int character) {
        return bytewise || character == 0
                ? character
                : text.substring(0, character).getBytes(charset).length;
    }

    @Override
    public Shape shape() {
        return new Shape().unknown();
    }

    @Override
    public boolean covers(Pattern other) {
        return other instanceof RegexPattern regex
                && regex.charset.equals(charset)
                && regex.expression.pattern().equals(expression.pattern());
    }
}
