package dev.sluice.sink.http;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Tells text that is one JSON value, as one item of a batch has to be, from text that would be none or several. */
final class JsonValue {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int MOST_WORDS = 200;

    private JsonValue() {}

    /**
     * @throws IllegalArgumentException if it is not, saying in a few words what it is instead
     */
    static void require(String text) {
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            throw new IllegalArgumentException("it begins with a byte order mark");
        }
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() == null) {
                throw new IllegalArgumentException("it is empty");
            }
            json.skipChildren();
            json.finishToken();
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("it is more than one value");
            }
        } catch (JacksonException ex) {
            throw new IllegalArgumentException(abridged(ex.getOriginalMessage()), ex);
        }
    }

    /** Parsers quote what they read, and servers what they were sent. */
    static String abridged(String words) {
        return words.length() > MOST_WORDS ? words.substring(0, MOST_WORDS) + "..." : words;
    }
}
