package dev.sluice.management.log;

import dev.sluice.text.Visible;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter.Members;
import org.springframework.boot.json.JsonWriter.ValueProcessor;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;

/**
 * Escapes in JSON lines what JSON itself lets through: the separators that some readers take for the end of a line, and
 * marks that turn the reading direction. Control characters are left to JSON, which escapes them so that a reader gets
 * them back.
 */
final class EscapedMembers implements StructuredLoggingJsonMembersCustomizer<Object> {

    @Override
    public void customize(Members<Object> members) {
        members.applyingValueProcessor(ValueProcessor.of(String.class, EscapedMembers::escaped));
    }

    private static @Nullable String escaped(@Nullable String text) {
        return text == null || text.codePoints().allMatch(EscapedMembers::isLeft)
                ? text
                : text.codePoints()
                        .collect(StringBuilder::new, EscapedMembers::append, StringBuilder::append)
                        .toString();
    }

    private static void append(StringBuilder text, int codePoint) {
        if (isLeft(codePoint)) {
            text.appendCodePoint(codePoint);
        } else {
            Visible.append(text, codePoint);
        }
    }

    private static boolean isLeft(int codePoint) {
        return Character.isISOControl(codePoint) || Visible.is(codePoint);
    }
}
