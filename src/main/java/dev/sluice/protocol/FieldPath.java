package dev.sluice.protocol;

import java.nio.charset.Charset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where a field stands in a message that has a structure of its own. Immutable. */
sealed interface FieldPath {

    /** The message as far as it has been read for one path, so that the next need not read it again. */
    final class Reading {

        private static final JsonMapper JSON = JsonMapper.shared();

        private final byte[] message;
        private final Charset charset;
        private @Nullable JsonNode json;

        Reading(byte[] message, Charset charset) {
            this.message = message;
            this.charset = charset;
        }

        private JsonNode json() {
            JsonNode read = json;
            if (read == null) {
                try {
                    read = JSON.readTree(new String(message, charset));
                } catch (JacksonException ex) {
                    read = JSON.missingNode();
                }
                json = read;
            }
            return read;
        }
    }

    /** Returns the value, or null if the message has none there. */
    @Nullable
    String find(Reading message);

    /**
     * @throws IllegalArgumentException if it is no path, saying what would be one
     */
    static FieldPath parse(String text) {
        int colon = text.indexOf(':');
        return switch (colon < 0 ? "" : text.substring(0, colon)) {
            case "hl7" -> Hl7.of(text.substring(colon + 1));
            case "json" -> Json.of(text.substring(colon + 1));
            default ->
                throw new IllegalArgumentException("'" + text + "' is no path. Write 'hl7:PID-3.1' or 'json:/host'");
        };
    }

    /** A JSON Pointer (RFC 6901). */
    record Json(JsonPointer pointer) implements FieldPath {

        static Json of(String text) {
            try {
                return new Json(JsonPointer.compile(text));
            } catch (IllegalArgumentException ex) {
                throw new IllegalArgumentException(
                        "'" + text + "' is no JSON pointer. It begins with a slash: 'json:/device/id'", ex);
            }
        }

        @Override
        public @Nullable String find(Reading message) {
            JsonNode found = message.json().at(pointer);
            return found.isMissingNode() || found.isNull()
                    ? null
                    : found.isValueNode() ? found.asString() : found.toString();
        }
    }

    /**
     * A field of the first segment of its name, as chapter 2 of HL7 v2 numbers them: {@code MSH-1} is the separator. Of
     * a field that is repeated it is the first. Escapes stay as they are.
     *
     * @param component from 1; 0 for the whole field
     * @param subcomponent from 1; 0 for the whole component
     */
    record Hl7(String segment, int field, int component, int subcomponent) implements FieldPath {

        private static final Pattern PATH =
                Pattern.compile("([A-Z][A-Z0-9]{2})-(\\d{1,3})(?:\\.(\\d{1,3})(?:\\.(\\d{1,3}))?)?");
        private static final int NAME = 3;

        static Hl7 of(String text) {
            Matcher path = PATH.matcher(text);
            if (!path.matches() || number(path.group(2)) == 0) {
                throw new IllegalArgumentException(
                        "'" + text + "' is no path of HL7. Write segment, field and component: 'hl7:PID-3.1'");
            }
            return new Hl7(path.group(1), number(path.group(2)), number(path.group(3)), number(path.group(4)));
        }

        private static int number(@Nullable String digits) {
            return digits == null ? 0 : Integer.parseInt(digits);
        }

        @Override
        public @Nullable String find(Reading reading) {
            byte[] message = reading.message;
            // The header says by which characters fields, components, repetitions and subcomponents are told apart.
            if (message.length < 8 || !begins(message, 0, "MSH")) {
                return null;
            }
            byte separator = message[3];
            int begin = 0;
            while (begin >= 0 && !(begins(message, begin, segment) && isEnd(message, begin + NAME, separator))) {
                begin = nextSegment(message, begin);
            }
            if (begin < 0) {
                return null;
            }
            boolean header = segment.equals("MSH");
            if (header && field <= 2) {
                int end = field == 1 ? 4 : end(message, 4, message.length, separator);
                return text(reading, field == 1 ? 3 : 4, end);
            }
            int from = begin + NAME;
            int to = segmentEnd(message, begin);
            for (int i = header ? 1 : 0; i < field; i++) {
                from = end(message, from, to, separator) + 1;
                if (from > to) {
                    return null;
                }
            }
            // The first one's end leads to the second.
            int end = end(message, from, to, separator);
            end = end(message, from, end, message[5]);
            int[] part = {from, end};
            if (!part(message, part, message[4], component) || !part(message, part, message[7], subcomponent)) {
                return null;
            }
            return text(reading, part[0], part[1]);
        }

        private static boolean part(byte[] message, int[] bounds, byte separator, int number) {
            if (number == 0) {
                return true;
            }
            int from = bounds[0];
            for (int i = 1; i < number; i++) {
                from = end(message, from, bounds[1], separator) + 1;
                if (from > bounds[1]) {
                    return false;
                }
            }
            bounds[1] = end(message, from, bounds[1], separator);
            bounds[0] = from;
            return true;
        }

        private static @Nullable String text(Reading reading, int from, int to) {
            return from >= to ? null : new String(reading.message, from, to - from, reading.charset);
        }

        private static boolean begins(byte[] message, int at, String name) {
            return message.length >= at + NAME
                    && message[at] == name.charAt(0)
                    && message[at + 1] == name.charAt(1)
                    && message[at + 2] == name.charAt(2);
        }

        private static boolean isEnd(byte[] message, int at, byte separator) {
            return at == message.length || message[at] == separator || isBreak(message[at]);
        }

        private static int nextSegment(byte[] message, int begin) {
            int at = segmentEnd(message, begin);
            while (at < message.length && isBreak(message[at])) {
                at++;
            }
            return at == message.length ? -1 : at;
        }

        private static int segmentEnd(byte[] message, int begin) {
            int at = begin;
            while (at < message.length && !isBreak(message[at])) {
                at++;
            }
            return at;
        }

        private static boolean isBreak(byte b) {
            return b == '\r' || b == '\n';
        }

        private static int end(byte[] message, int from, int to, byte separator) {
            int at = from;
            while (at < to && message[at] != separator) {
                at++;
            }
            return at;
        }
    }
}
