package dev.sluice.sink.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Template;
import dev.sluice.sink.Specimen;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * The line in front of an item: JSON with placeholders. JSON is full of braces, so one is a placeholder's only if a
 * name follows; a doubled one is a brace, as in any template.
 */
final class BeforeLine {

    private static final Pattern BRACE = Pattern.compile("\\{\\{|\\{(?![a-z])");

    private final Template template;

    /**
     * @param fields whether messages may have a field of such a name
     * @throws IllegalArgumentException if it is no line, no template, or not JSON once its placeholders have values
     */
    BeforeLine(String text, Predicate<String> fields) {
        if (text.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("has more than one line");
        }
        template = Template.parse(BRACE.matcher(text).replaceAll("{{"), UTF_8, fields);
        try {
            JsonValue.require(new String(of(Specimen.of("listener")), UTF_8));
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(
                    "is not JSON once its placeholders have values: " + ex.getMessage()
                            + ". Write it as {\"index\":{\"_id\":\"{id}\"}}",
                    ex);
        }
    }

    byte[] of(Envelope message) {
        return template.render(message, BeforeLine::escaped);
    }

    /** What is not text in UTF-8 has replacement characters instead. */
    private static byte[] escaped(byte[] value) {
        return JsonStringEncoder.getInstance().quoteAsUTF8(new String(value, UTF_8));
    }
}
