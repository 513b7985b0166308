package dev.sluice.documentation;

import dev.sluice.Ports;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a reader's machine has that a test's has not: the ports that documents name, variables, a password. */
final class Surroundings {

    /** The port of management, as documents say it. */
    static final String MANAGEMENT = "8080";

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z_]+}");
    private static final Pattern PORT = Pattern.compile("\\bport: (\\d{2,5})\\b");

    private final Map<String, String> said = new HashMap<>();

    /** A configuration, where each variable has a value. */
    static String withVariables(String yaml) {
        return VARIABLE.matcher(yaml).replaceAll("some-value-of-a-variable");
    }

    /** What a document says is something else here. */
    void put(String word, Object here) {
        said.put(word, here.toString());
    }

    /** Gives each port that a configuration names another that is free. */
    void move(String yaml) {
        Matcher ports = PORT.matcher(yaml);
        while (ports.find()) {
            said.computeIfAbsent(ports.group(1), port -> Integer.toString(Ports.free()));
        }
    }

    /** Whether commands speak to the service: they name a port of its. */
    boolean isMeant(String commands) {
        return Stream.concat(said.keySet().stream(), Stream.of(MANAGEMENT))
                .anyMatch(word -> commands.matches("(?s).*\\b" + word + "\\b.*"));
    }

    /** A configuration, a command or what it prints, as it is here. */
    String here(String text) {
        String here = text;
        for (Map.Entry<String, String> word : said.entrySet()) {
            here = here.replaceAll("\\b" + word.getKey() + "\\b", Matcher.quoteReplacement(word.getValue()));
        }
        return here;
    }
}
