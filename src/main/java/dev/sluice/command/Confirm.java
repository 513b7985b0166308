package dev.sluice.command;

/** What confirms a command. */
public enum Confirm {
    /** The bytes are the kernel's, no more. */
    WRITTEN,
    /** The device has answered. */
    ANSWER
}
