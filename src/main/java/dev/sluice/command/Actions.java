package dev.sluice.command;

/** What the state machine wants done. Nothing is called back before the machine has returned. */
interface Actions {

    /** Append to the log, and say where it is once that is known. */
    void append(Underway record);

    /** Write to the socket, unless {@link Machine#mayWrite} denies it just before. */
    void write(Flying flying);

    /** Close a connection of this replica. The machine knows it as closed already. */
    void close(Link link, DeviceSocket.Closing why);

    /** A command is in the log. */
    default void submitted(Command command) {}

    /** A command has its outcome. Perhaps the command itself has not been read yet. */
    default void ended(Command command) {}

    /** A record is of no use any more. */
    default void forget(long position) {}
}
