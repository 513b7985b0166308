package dev.sluice.client;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Declares what a command understands. Said to picocli in calls instead of annotations, since reading those, and
 * looking for Groovy in every jar within ours as picocli does with them, takes as long as all the rest of a command's
 * start.
 */
final class Options {

    private final CommandSpec spec;

    Options(CommandSpec spec) {
        this.spec = spec;
    }

    /** There or not. */
    OptionSpec flag(String name, String description) {
        return add(OptionSpec.builder(name)
                .type(boolean.class)
                .defaultValue("false")
                .description(description));
    }

    /** With a value; {@code null} if not given. */
    OptionSpec value(String name, String label, Class<?> type, String description) {
        return add(OptionSpec.builder(name).type(type).paramLabel(label).description(description));
    }

    /** With a value, and another if not given. */
    OptionSpec value(String name, String label, Class<?> type, String otherwise, String description) {
        return add(OptionSpec.builder(name)
                .type(type)
                .paramLabel(label)
                .defaultValue(otherwise)
                .description(description));
    }

    /** With a value each time it is given. */
    OptionSpec values(String name, String label, Class<?> type, String description) {
        return add(OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(type)
                .paramLabel(label)
                .description(description));
    }

    /** Prints what the command understands. */
    void help() {
        add(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .description("Print this."));
    }

    /** The one argument at this place. */
    PositionalParamSpec argument(int index, String label, Class<?> type, String description) {
        return add(PositionalParamSpec.builder()
                .index(Integer.toString(index))
                .arity("1")
                .required(true)
                .type(type)
                .paramLabel(label)
                .description(description));
    }

    /** All arguments from this place. */
    PositionalParamSpec rest(int index, String label, String description) {
        return add(PositionalParamSpec.builder()
                .index(index + "..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(description));
    }

    static <T> Optional<T> given(OptionSpec option) {
        @Nullable T value = option.getValue();
        return Optional.ofNullable(value);
    }

    private OptionSpec add(OptionSpec.Builder builder) {
        OptionSpec option = builder.build();
        spec.addOption(option);
        return option;
    }

    private PositionalParamSpec add(PositionalParamSpec.Builder builder) {
        PositionalParamSpec argument = builder.build();
        spec.addPositional(argument);
        return argument;
    }
}
