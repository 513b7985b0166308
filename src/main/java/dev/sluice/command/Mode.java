package dev.sluice.command;

/** What becomes of a command that was sent, and of whose end nothing is known. */
public enum Mode {
    /** It is sent again after a lost connection or a time-out, until its attempts or its time to live are used up. */
    AT_LEAST_ONCE,
    /** It is never sent again. */
    AT_MOST_ONCE
}
