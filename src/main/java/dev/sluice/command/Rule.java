package dev.sluice.command;

/**
 * The rules of the protocol, all of which hold. Each is needed: the simulator turns off one after the other and shows
 * what breaks then.
 */
enum Rule {
    /** A claim of an older epoch than the presence does not count. */
    EPOCH,
    /** A claim counts only if it follows the one that is there: of two that follow the same one, the first counts. */
    NUMBER,
    /** What follows is newer, not the next: who reads a compacted log has not seen what was between. */
    ORDER,
    /** A claim is read back before anything is written to a socket. */
    READ_BACK,
    /** Just before the write: is the device still here, the flight still this one, and without an outcome? */
    LOOK_AGAIN,
    /** The holder repeats a record that counts and has a stale one behind it, or compaction would drop it. */
    LAST_WORD,
    /** The caretaker does so where nobody holds. */
    LAST_WORD_OF_CARETAKER,
    /** That a command is not sent any more is claimed like a flight, before its outcome. */
    CLAIM_END,
    /** The end of another command carries on which was sent, and how often. */
    CARRY,
    /** The outcome of an end is read back before anything follows. */
    AWAIT_OUTCOME,
    /** An outcome that is read before its command is remembered. */
    EARLY_OUTCOME,
    /** The first outcome counts. */
    FIRST_OUTCOME,
    /** A claim to send whose stamp lies behind the deadline is the command's end. */
    LATE,
    /** A flight carries the terms of its command. */
    TERMS,
    /** Where answers are not numbered, a time-out closes the connection. */
    CLOSE_UNANSWERED,
    /** So does an outcome that another replica wrote for what is in flight here. */
    CLOSE_FOREIGN,
    /** One flight a connection, where answers do not tell whose they are. */
    ONE_A_CONNECTION,
    /** Nothing is sent while another command of the device was sent and is not over. */
    ONE_A_DEVICE,
    /** What is to be sent once at the most is never sent again. */
    AT_MOST_ONCE,
    /** A new reader does nothing before it has reached the ends that it saw at its start. */
    REACH_END,
    /** A repeated flight is not sent again. */
    REPEATED,
    /** A heartbeat is a sign of life only if it names a newer own one that was read. */
    HEARD,
    /** Somebody looks after what nobody holds. */
    CARE,
    /** That includes to say that devices of a dead replica are gone. */
    CARE_GONE,
    /** Nothing is appended again before the reader has passed what was appended before. */
    PASSED
}
