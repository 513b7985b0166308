package dev.sluice.listener.configuration;

import dev.sluice.message.AddressText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.unit.DataSize;

/**
 * What can be said about a configuration without starting it.
 *
 * @param valid whether a start would find nothing wrong
 * @param lines for people
 */
public record ConfigurationReport(boolean valid, List<String> lines) {

    private static final DataSize REGEX_IS_FINE = DataSize.ofKilobytes(64);

    /**
     * @param title what to call it
     * @param file to read beside the program's own defaults; null for all that a start here would read
     */
    public static ConfigurationReport of(String title, @Nullable Path file) {
        try {
            ConfigurableEnvironment environment = ConfigurationFiles.read(file);
            ConfigurationCheck.require(environment);
            return valid(title, environment);
        } catch (ConfigurationException ex) {
            return notValid(title, ex.problems());
        }
    }

    private static ConfigurationReport notValid(String title, List<Problem> problems) {
        List<String> lines = new ArrayList<>();
        lines.add(title + ": not valid: " + (problems.size() == 1 ? "1 problem" : problems.size() + " problems"));
        problems.forEach(problem -> lines.add(problem.toString()));
        return new ConfigurationReport(false, lines);
    }

    private static ConfigurationReport valid(String title, ConfigurableEnvironment environment) {
        SluiceProperties sluice = SluiceBinding.bind(environment);
        List<String> lines = new ArrayList<>();
        lines.add(title + ": valid: " + listeners(sluice.listeners()));
        for (Setting bean : BeanCheck.named(environment)) {
            lines.add(bean.writtenKey() + ": bean '" + bean.value() + "' is looked up at start");
        }
        sluice.listeners().forEach((name, listener) -> {
            if (listener.framing().maxSize().compareTo(REGEX_IS_FINE) > 0
                    && ListenerProtocol.all(listener, sluice.protocols()).stream()
                            .anyMatch(
                                    rule -> rule.match() != null && rule.match().regex() != null)) {
                lines.add("sluice.listeners." + name + ".framing.max-size: a rule has a 'match.regex', which takes long"
                        + " on messages beyond 64KB. Lower it, or write 'match.text'");
            }
        });
        lines.addAll(MemoryWarnings.of(sluice, Runtime.getRuntime().maxMemory()));
        return new ConfigurationReport(true, lines);
    }

    private static String listeners(Map<String, ListenerProperties> listeners) {
        if (listeners.isEmpty()) {
            return "no listeners";
        }
        return (listeners.size() == 1 ? "1 listener" : listeners.size() + " listeners")
                + listeners.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + port(entry.getValue())
                                + (entry.getValue().enabled() ? "" : " disabled"))
                        .collect(Collectors.joining(", ", " (", ")"));
    }

    private static String port(ListenerProperties listener) {
        if (listener.tcp() != null) {
            return "tcp " + listener.tcp().place();
        }
        return listener.udp() != null
                ? "udp " + AddressText.bracketed(listener.udp().address()) + ":"
                        + listener.udp().port()
                : "";
    }
}
