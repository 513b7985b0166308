package dev.sluice.command;

import dev.sluice.log.LogException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log as the engine has it: what its machine wants appended goes in, and what all have appended comes to the
 * machine, in its order. Used by the engine's thread but for {@link #failure}.
 */
interface Journal {

    /** A command on its way into the log. Told on the engine's thread. */
    interface Landing {
        void landed(Underway where);

        void failed(RefusedException why);
    }

    /** Milliseconds, for time-outs. */
    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    Machine machine();

    CommandIndex index();

    /** The outcomes on their way to whoever takes them; none where nobody can. */
    Outboxes outboxes();

    /** The outcomes of commands that these listeners took, and of no others, are handed over from now on. */
    default void outcomes(Map<String, OutcomeTaker> takers) {}

    /** Milliseconds of the clock by which records are stamped, for those who watch. */
    long time();

    /** The size of the log here, in bytes; 0 if it is elsewhere. */
    long bytes();

    /** Why it cannot be written just now; null if it can. */
    @Nullable
    String failure();

    /**
     * Looks the bytes of a command up.
     *
     * @return to be asked by any thread once this has returned, which may take a while; null if it is not kept any more
     */
    Supplier<byte @Nullable []> content(Command command) throws LogException;

    /** Begins to read, once the engine runs. */
    default void start() {}

    /** Whether commands can be taken just now. For any thread. */
    default boolean isAble() {
        return true;
    }

    /** How long what others have appended may take to be read here, as a rule; 0 if there are none. */
    default long lagMillis() {
        return 0;
    }

    /** Those that live; none where there is only this process. */
    default Collection<LiveReplica> replicas() {
        return List.of();
    }

    /** Has whoever holds a device close its connection. */
    default void hangUp(DeviceState state) {
        throw new IllegalStateException("nobody else has it");
    }

    /** The name of a replica. */
    String name(long replica);

    /** Has a command appended with what comes next. */
    void submit(Entry.Submitted command, Landing landing);

    /** Appends all that was asked for, and does what follows from that at once. */
    void commitAll();

    /** How long it is from one tick to the next. */
    long tickMillis();

    /** Does what time brings, and forgets what is over for long. */
    void tick();

    /** Nothing is appended any more. */
    void close() throws LogException;
}
