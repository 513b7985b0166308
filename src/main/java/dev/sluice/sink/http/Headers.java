package dev.sluice.sink.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.message.Template;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What an operator wants in the headers: the same for all requests, or values of a message, which are encoded as those
 * of CloudEvents are, so that no peer can bring in a line of its own.
 */
final class Headers {

    /** Servers refuse headers from 8 KB on, and some without a word. */
    private static final int LONGEST = 8000;

    private final Map<String, String> constant = new LinkedHashMap<>();
    private final Map<String, Template> ofMessage = new LinkedHashMap<>();

    /** Of which it is known that they can be. */
    Headers(Map<String, String> headers) {
        headers.forEach((name, value) -> {
            Template template = Template.parse(value, UTF_8, _ -> true);
            if (template.isConstant()) {
                constant.put(name, new String(template.example(""), UTF_8));
            } else {
                ofMessage.put(name, template);
            }
        });
    }

    /**
     * @param fields whether messages may have a field of such a name
     * @throws IllegalArgumentException if no request can have such a header
     */
    static void check(String name, String value, Predicate<String> fields) {
        set(
                HttpRequest.newBuilder(),
                name,
                new String(Template.parse(value, UTF_8, fields).example("x"), UTF_8));
    }

    /** A value may be a secret, and the client's own complaint would repeat it. */
    @SuppressWarnings("UnusedException")
    private static void set(HttpRequest.Builder request, String name, String value) {
        if (name.toLowerCase(Locale.ROOT).startsWith(Requests.CLOUD_EVENTS)) {
            throw new IllegalArgumentException(
                    "headers that begin with 'ce-' are those of CloudEvents, set from each message");
        }
        try {
            request.setHeader(name, value);
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("cannot be set: its name or value has characters that no header may"
                    + " have, or is the client's own");
        }
    }

    /** Returns the names of those that are of a message. */
    static Set<String> ofMessages(Map<String, String> headers) {
        Set<String> names = new LinkedHashSet<>();
        headers.forEach((name, value) -> {
            try {
                if (!Template.parse(value, UTF_8, _ -> true).isConstant()) {
                    names.add(name);
                }
            } catch (IllegalArgumentException _) {
                // It is reported by itself.
            }
        });
        return names;
    }

    /** Sets those that are the same for all. */
    void setConstant(HttpRequest.Builder request) {
        constant.forEach((name, value) -> set(request, name, value));
    }

    /**
     * Sets those that are of a message.
     *
     * @throws IllegalArgumentException if one is too long
     * @throws UnknownFieldException if a rule has to be mended before such a message can be sent
     */
    void set(HttpRequest.Builder request, Envelope message) {
        ofMessage.forEach((name, template) -> {
            byte[] value = template.render(message, Headers::encoded);
            if (value.length > LONGEST) {
                throw new IllegalArgumentException("header " + name + " would be longer than " + LONGEST + " bytes");
            }
            set(request, name, new String(value, UTF_8));
        });
    }

    private static byte[] encoded(byte[] value) {
        return PercentEncoding.encode(new String(value, UTF_8)).getBytes(US_ASCII);
    }
}
