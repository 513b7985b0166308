package dev.sluice.check;

import dev.sluice.message.Template;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the kinds of sinks ask of their declarations, before a sink is made of one.
 *
 * <p>Keys are relative to the kind: {@code path}, {@code framing.size}.
 */
public final class Check {

    private static final Duration LONGEST = Duration.ofHours(1); // whose nanoseconds and seconds fit wherever they go

    private static final Pattern HOST = Pattern.compile("[^\\s:/@]+|\\[?[0-9a-fA-F]*:[0-9a-fA-F:.]+(%[^\\s/]+)?]?");

    private final BiConsumer<String, IllegalArgumentException> problems;

    /**
     * @param problems takes a key, and what is wrong with its value
     */
    public Check(BiConsumer<String, IllegalArgumentException> problems) {
        this.problems = problems;
    }

    public void that(boolean holds, String key, String problem) {
        if (!holds) {
            problems.accept(key, new IllegalArgumentException(problem));
        }
    }

    /**
     * @param example of what could be there
     * @return whether it is there
     */
    public boolean present(String key, @Nullable String value, String example) {
        boolean present = value != null && !value.isBlank();
        that(present, key, "is missing. Give " + example);
        return present;
    }

    /**
     * @param parse fails with an {@link IllegalArgumentException} if the value cannot be
     */
    public void parsed(String key, Runnable parse) {
        try {
            parse.run();
        } catch (IllegalArgumentException ex) {
            problems.accept(key, ex);
        }
    }

    public void template(String key, String text) {
        parsed(key, () -> Template.parse(text, StandardCharsets.UTF_8));
    }

    /**
     * @param example of what could be there
     */
    public void host(String host, String example) {
        if (present("host", host, example)) {
            that(
                    HOST.matcher(host).matches(),
                    "host",
                    "'" + host
                            + "' is neither a name nor an address. A port is said by 'port', and a scheme or path not"
                            + " at all");
        }
    }

    public void port(int port) {
        that(port >= 1 && port <= 65_535, "port", "must be from 1 to 65535");
    }

    public void timeout(Duration timeout) {
        that(timeout.isPositive(), "timeout", "must be more than 0");
        that(timeout.compareTo(LONGEST) <= 0, "timeout", "must be 1h at the most");
    }
}
