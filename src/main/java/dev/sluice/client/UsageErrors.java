package dev.sluice.client;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/** Says in one line what is wrong with the arguments, and where to look. */
public final class UsageErrors implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException ex, String[] args) {
        CommandLine command = ex.getCommandLine();
        String problem = String.valueOf(ex.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        command.getErr()
                .println(problem + (problem.endsWith(".") ? "" : ".") + " See '"
                        + command.getCommandSpec().qualifiedName() + " --help'.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }
}
