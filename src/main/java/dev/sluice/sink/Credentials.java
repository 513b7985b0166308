package dev.sluice.sink;

import java.util.regex.Pattern;

/**
 * Keeps credentials out of texts that people read and that quote what was configured: the user and password in front of
 * a host, and the value behind {@code password=} and its like.
 */
public final class Credentials {

    private static final String HIDDEN = "…";
    /**
     * To the last @ of the word, or of what is in quotes, since a password that was not encoded may hold one, or a
     * space.
     */
    private static final Pattern IN_URL = Pattern.compile("(?<=://)(?:[^\\s'\"]*|[^'\"]*(?=@[^'\"]*['\"]))@");

    private static final Pattern BEFORE_HOST = Pattern.compile("[^\\s/'\",;=@:]+:[^\\s'\"@]+@");
    private static final Pattern NAMED = Pattern.compile(
            "((?:password|passwd|pwd|secret|token)\\s?=\\s?)(?:\"[^\"]*\"|'[^']*'|[^\\s&;,'\"]+)",
            Pattern.CASE_INSENSITIVE);

    private Credentials() {}

    /** The text with all that looks like credentials left out. */
    public static String hidden(String text) {
        String shown = text;
        if (text.indexOf('@') >= 0) {
            shown = IN_URL.matcher(shown).replaceAll(HIDDEN + "@");
            shown = BEFORE_HOST.matcher(shown).replaceAll(HIDDEN + "@");
        }
        return text.indexOf('=') >= 0 ? NAMED.matcher(shown).replaceAll("$1" + HIDDEN) : shown;
    }
}
