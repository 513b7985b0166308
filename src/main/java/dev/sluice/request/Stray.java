package dev.sluice.request;

/** Why an answer is nobody's. */
public enum Stray {
    /** Its request has ended before: the answer is too late, or it is the second. */
    LATE,
    /** Another process asked: one that has ended, or one that has its answers sent to the same partition. */
    FOREIGN,
    /** It has no correlation id, or none of ours. */
    UNREADABLE
}
