package dev.sluice.client;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with the arguments, and where to look. */
public final class UsageErrors implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException ex, String[] args) {
        CommandLine command = ex.getCommandLine();
        String problem = problem(ex).replaceAll("\\s*\\R\\s*", " ");
        command.getErr()
                .println(problem + (problem.endsWith(".") || problem.endsWith("?") ? "" : ".") + " See '"
                        + command.getCommandSpec().qualifiedName() + " --help'.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String problem(ParameterException ex) {
        if (!(ex instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(ex.getMessage());
        }
        CommandLine command = ex.getCommandLine();
        String problem = command.getParent() == null
                ? "There is no command '" + unmatched.getUnmatched().getFirst() + "'"
                : String.valueOf(ex.getMessage());
        return unmatched.getSuggestions().stream()
                .findFirst()
                .map(nearest -> problem + ". Did you mean '" + nearest + "'?")
                .orElse(problem);
    }
}
