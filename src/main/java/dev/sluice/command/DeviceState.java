package dev.sluice.command;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A device as one replica knows it: two registers, presence and flight, as the log has them, its commands, and what
 * this replica has to do with it. Most devices have no commands, so that little is made before it is needed.
 */
final class DeviceState {

    private static final long NONE = -1;

    private final Device device;

    /** Presence. The position is that of the record that says so last; the epoch that of the connection. */
    private long epoch = NONE;

    private long replica;
    private long connection;
    private boolean connected;
    /** Null as long as no connection took it over from one at another replica. */
    private @Nullable Rivalry rivalry;

    private long presencePosition = NONE;
    private long since;
    private Place place = Place.UNKNOWN;

    /** Flight. */
    private long claimEpoch = NONE;

    private long number;
    private Entry.@Nullable Sent sent;
    private Entry.@Nullable End ended;
    private long claimPosition = NONE;

    /** Whether a stale record is the last of its kind in the log. */
    private boolean presenceStale;

    private boolean claimStale;

    private Map<String, Command> commands = Map.of();
    /** Those without an outcome, in order. */
    private List<Command> queue = List.of();
    /** Those whose device has answered here, which is not in the log yet. */
    private List<Command> answered = List.of();

    private List<Binding> bindings = List.of();

    private final Attempts attempts = new Attempts();

    DeviceState(Device device) {
        this.device = device;
    }

    Attempts attempts() {
        return attempts;
    }

    Device device() {
        return device;
    }

    // Presence

    boolean isConnected() {
        return connected;
    }

    /** Whether it is at a connection, as the log says. */
    boolean isAt(long which) {
        return connected && connection == which;
    }

    long epoch() {
        return epoch;
    }

    long replica() {
        return replica;
    }

    long connection() {
        return connection;
    }

    /** When the log was told so last, by its own stamp. */
    long since() {
        return since;
    }

    /** Where it is connected, or was. */
    Place place() {
        return place;
    }

    /** A connection at another replica takes it over. */
    void takenOver(long stamp) {
        Rivalry known = rivalry;
        if (known == null) {
            known = new Rivalry();
            rivalry = known;
        }
        known.takenOver(epoch, stamp);
    }

    /** Null if no connection took it over from one at another replica. */
    @Nullable
    Rivalry rivalry() {
        return rivalry;
    }

    boolean isPresenceStale() {
        return presenceStale;
    }

    /** Returns the position of the record that counted before; -1 if there was none. */
    long present(long byReplica, long at, long atEpoch, boolean isConnected, Place where, long position, long stamp) {
        long before = presencePosition;
        replica = byReplica;
        connection = at;
        epoch = atEpoch;
        connected = isConnected;
        place = where;
        presencePosition = position;
        since = stamp;
        presenceStale = false;
        return before;
    }

    void stalePresence() {
        presenceStale = true;
    }

    long presencePosition() {
        return presencePosition;
    }

    // Flight

    long claimEpoch() {
        return claimEpoch;
    }

    long number() {
        return number;
    }

    Entry.@Nullable Sent sent() {
        return sent;
    }

    Entry.@Nullable End ended() {
        return ended;
    }

    boolean isClaimStale() {
        return claimStale;
    }

    /** Returns the position of the claim that counted before; -1 if there was none. */
    long claimed(Entry.Claim claim, long position) {
        long before = claimPosition;
        claimEpoch = claim.epoch();
        number = claim.number();
        sent = claim.sent();
        ended = claim.ended();
        claimPosition = position;
        claimStale = false;
        return before;
    }

    void staleClaim() {
        claimStale = true;
    }

    long claimPosition() {
        return claimPosition;
    }

    /** Whether this replica has claimed something that has not been read back, and perhaps never will. */
    boolean isClaimOpen() {
        Underway claim = attempts.claim();
        return claim != null
                && !claim.isLost()
                && claim.entry() instanceof Entry.Claim tried
                && number < tried.number();
    }

    // Commands

    @Nullable
    Command command(String id) {
        return commands.get(id);
    }

    Command commandOrNew(String id) {
        if (commands.isEmpty()) {
            commands = new HashMap<>(4);
        }
        return commands.computeIfAbsent(id, key -> new Command(this, key));
    }

    boolean isOver(String id) {
        Command command = commands.get(id);
        return command != null && command.isOver();
    }

    List<Command> queue() {
        return queue;
    }

    void enqueue(Command command) {
        if (queue.isEmpty()) {
            queue = new ArrayList<>(1);
        }
        int at = Collections.binarySearch(queue, command);
        queue.add(at < 0 ? -at - 1 : at, command);
    }

    void dequeue(Command command) {
        if (!queue.isEmpty()) {
            queue.remove(command);
            if (queue.isEmpty()) {
                queue = List.of();
            }
        }
    }

    List<Command> answered() {
        return answered;
    }

    void answered(Command command, Outcome as) {
        if (command.answer() == null) {
            command.answer(as);
            if (answered.isEmpty()) {
                answered = new ArrayList<>(1);
            }
            answered.add(command);
        }
    }

    void settled(Command command) {
        if (command.answer() != null && !answered.isEmpty()) {
            answered.remove(command);
            if (answered.isEmpty()) {
                answered = List.of();
            }
        }
    }

    void forget(Command command) {
        if (!commands.isEmpty()) {
            commands.remove(command.id());
        }
        if (commands.isEmpty()) {
            commands = Map.of();
        }
    }

    /** The earliest deadline of those that wait; as late as can be if none does. */
    long firstDeadline() {
        long first = Long.MAX_VALUE;
        for (Command command : queue) {
            first = Math.min(first, command.deadline());
        }
        return first;
    }

    boolean hasUnwanted() {
        for (Command command : queue) {
            if (command.isUnwanted()) {
                return true;
            }
        }
        return false;
    }

    /** Whether what the last claim was for has its outcome. */
    boolean isFlightOver() {
        return (sent == null || isOver(sent.command())) && (ended == null || isOver(ended.command()));
    }

    // Connections of this replica

    /** Whether the log says of it what this replica would say. */
    boolean isPresenceSettled(Standing standing) {
        for (Binding binding : bindings) {
            if (!binding.isAnnounced() || !isAt(binding.link().id())) {
                return false;
            }
        }
        return connected ? standing.alive() && (!standing.mine() || standing.held() != null) : true;
    }

    List<Binding> bindings() {
        return bindings;
    }

    void bind(Binding binding) {
        if (bindings.isEmpty()) {
            bindings = new ArrayList<>(1);
        }
        bindings.add(binding);
    }

    void unbind(Binding binding) {
        if (!bindings.isEmpty()) {
            bindings.remove(binding);
            if (bindings.isEmpty()) {
                bindings = List.of();
            }
        }
    }

    /** Returns the open connection of this replica at which the log has it; null if there is none. */
    @Nullable
    Binding held() {
        for (Binding binding : bindings) {
            if (isAt(binding.link().id()) && binding.link().isOpen()) {
                return binding;
            }
        }
        return null;
    }

    /** Whether this replica has nothing to do with it before something happens, or one of its commands expires. */
    boolean isQuiet(Standing standing) {
        if (!isPresenceSettled(standing) || isClaimOpen() || !answered.isEmpty() || hasUnwanted()) {
            return false;
        }
        boolean idle = standing.held() == null || queue.isEmpty();
        return idle && (!standing.owner() || isFlightOver() && !presenceStale && !claimStale);
    }

    boolean refersTo(String command) {
        return sent != null && sent.command().equals(command)
                || ended != null && ended.command().equals(command);
    }

    /** Whether nothing of it is worth keeping. */
    boolean isBlank() {
        return !connected && bindings.isEmpty() && commands.isEmpty();
    }

    /** Whether that is so without a command. */
    boolean isBlankBut(Command command) {
        return !connected && bindings.isEmpty() && commands.size() == 1 && commands.containsValue(command);
    }
}
