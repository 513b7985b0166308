package dev.sluice.listener.configuration;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    /** All that is wrong, in the order of the configuration. */
    public List<Problem> problems() {
        return problems;
    }
}
