package dev.sluice.listener.configuration;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A password as it is configured: plain, or hashed, with the method of that in braces in front.
 *
 * @param written as it stands in the configuration
 */
public record StoredPassword(String written) {

    private static final Pattern WITH_METHOD = Pattern.compile("\\{([^{}]*)}(.*)", Pattern.DOTALL);
    /** Those that need no library of their own. What is known by heart of a hash is what it looks like. */
    private static final Map<String, Pattern> METHODS = Map.of(
            "noop", Pattern.compile(".+", Pattern.DOTALL),
            "bcrypt", Pattern.compile("\\$2[aby]?\\$\\d\\d\\$[./0-9A-Za-z]{53}"),
            "pbkdf2@SpringSecurity_v5_8", Pattern.compile("(?:[0-9a-f]{2}){17,}"));

    /** As {@code htpasswd} prints it, with the user's name or without. */
    private static final Pattern BARE_HASH = Pattern.compile("(?:[^:]*:)?\\$2[abxy]?\\$\\d\\d\\$[./0-9A-Za-z]{53}");

    /** What is wrong with it, never with a part of it in the text; empty if nothing is. */
    public Optional<String> problem() {
        if (written.contains("${")) {
            return Optional.of("has a placeholder that nothing sets");
        }
        Matcher method = WITH_METHOD.matcher(written);
        if (!method.matches() && BARE_HASH.matcher(written).matches()) {
            return Optional.of(
                    "is a hash that would be taken for the password itself. Write {bcrypt} in front of it, and"
                            + " no user name; {noop} if it is the password");
        }
        if (!method.matches()) {
            return written.isBlank() ? Optional.of("is missing. Give one, plain or hashed") : Optional.empty();
        }
        Pattern hash = METHODS.get(method.group(1));
        if (hash == null) {
            return Optional.of("begins with the name of a method in braces, but with none of {bcrypt},"
                    + " {pbkdf2@SpringSecurity_v5_8} and {noop}. Write {noop} in front of a plain one that begins so");
        }
        return hash.matcher(method.group(2)).matches()
                ? Optional.empty()
                : Optional.of("is no hash of the method in front of it, as {bcrypt} and what"
                        + " 'htpasswd -nBC 10 USER' prints behind the user's name");
    }

    /** With its method in front, also if it is plain. */
    public String withMethod() {
        return WITH_METHOD.matcher(written).matches() ? written : "{noop}" + written;
    }

    /** Without it. */
    @Override
    public String toString() {
        return "StoredPassword[]";
    }
}
