package dev.sluice.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device as one replica knows it: two registers, presence and flight, as the log has them, its commands, and what
 * this replica has to do with it. A replica knows a million of them, so that little is made before it is needed.
 */
final class DeviceState {

    private static final long NONE = -1;
    private static final byte[] NOWHERE = Place.UNKNOWN.packed();

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
    private String listener = "";
    /** The rest of its place. */
    private byte[] packedPlace = NOWHERE;

    private int heldAt;

    private Claimed claimed = Claimed.NONE;

    /** Whether a stale record is the last of its kind in the log. */
    private boolean presenceStale;

    private boolean claimStale;

    private DeviceQueue commands = DeviceQueue.NONE;
    private List<Binding> bindings = List.of();
    private Attempts attempts = Attempts.NONE;

    DeviceState(Device device) {
        this.device = device;
    }

    Attempts attempts() {
        return attempts;
    }

    void attempts(Attempts others) {
        attempts = others;
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
        return Place.unpacked(listener, packedPlace);
    }

    /** How many heartbeats of its own this replica had read when the log said that somebody has the device. */
    int heldAt() {
        return heldAt;
    }

    void heldAt(int heartbeats) {
        heldAt = heartbeats;
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
        listener = where.listener();
        packedPlace = where.packed();
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
        return claimed.epoch();
    }

    long number() {
        return claimed.number();
    }

    Entry.@Nullable Sent sent() {
        return claimed.sent();
    }

    Entry.@Nullable End ended() {
        return claimed.ended();
    }

    boolean isClaimStale() {
        return claimStale;
    }

    /** Returns the position of the claim that counted before; -1 if there was none. */
    long claimed(Entry.Claim claim, long position) {
        long before = claimed.position();
        claimed = new Claimed(claim.epoch(), claim.number(), claim.sent(), claim.ended(), position);
        claimStale = false;
        return before;
    }

    void staleClaim() {
        claimStale = true;
    }

    long claimPosition() {
        return claimed.position();
    }

    /** Whether this replica has claimed something that has not been read back, and perhaps never will. */
    boolean isClaimOpen() {
        Underway claim = attempts.claim();
        return claim != null
                && !claim.isLost()
                && claim.entry() instanceof Entry.Claim tried
                && claimed.number() < tried.number();
    }

    // Commands

    @Nullable
    Command command(String id) {
        return commands.find(id);
    }

    Command commandOrNew(String id) {
        Command known = commands.find(id);
        if (known != null) {
            return known;
        }
        if (commands == DeviceQueue.NONE) {
            commands = new DeviceQueue();
        }
        Command created = new Command(this, id);
        commands.add(created);
        return created;
    }

    boolean isOver(String id) {
        Command command = commands.find(id);
        return command != null && command.isOver();
    }

    /** Those without an outcome, in order. */
    List<Command> queue() {
        return commands.waiting();
    }

    DeviceQueue commands() {
        return commands;
    }

    void forget(Command command) {
        commands.remove(command);
        if (commands.isEmpty()) {
            commands = DeviceQueue.NONE;
        }
    }

    /** Whether what the last claim was for has its outcome. */
    boolean isFlightOver() {
        Entry.Sent sent = claimed.sent();
        Entry.End ended = claimed.ended();
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
        if (!isPresenceSettled(standing)
                || isClaimOpen()
                || !commands.answered().isEmpty()
                || commands.hasUnwanted()) {
            return false;
        }
        boolean idle = standing.held() == null || queue().isEmpty();
        return idle && (!standing.owner() || isFlightOver() && !presenceStale && !claimStale);
    }

    boolean refersTo(String command) {
        Entry.Sent sent = claimed.sent();
        Entry.End ended = claimed.ended();
        return sent != null && sent.command().equals(command)
                || ended != null && ended.command().equals(command);
    }

    /** Whether nothing of it is worth keeping. */
    boolean isBlank() {
        return !connected && bindings.isEmpty() && commands.isEmpty();
    }

    /** Whether that is so without a command. */
    boolean isBlankBut(Command command) {
        return !connected && bindings.isEmpty() && commands.hasOnly(command);
    }
}
