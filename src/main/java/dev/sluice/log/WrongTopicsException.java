package dev.sluice.log;

import java.util.List;

/** Topics are not as a log needs them, which does not mend itself. */
public final class WrongTopicsException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param problems each with its cure */
    WrongTopicsException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
    }
}
