package dev.sluice.command;

import dev.sluice.command.Entry.Claim.Kind;
import dev.sluice.command.SimulatedDevices.Said;
import dev.sluice.command.SimulatedLog.Placed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is promised, checked after each step from the side of the devices and of the log. */
final class Guarantees {

    /** A command of a device. */
    record Key(Device device, String command) {}

    private record Number(Device device, long number) {}

    private record Written(Key key, long number) {}

    final List<String> violations = new ArrayList<>();
    final Map<Key, Placed> landed = new HashMap<>();
    final Map<Key, Outcome> outcomes = new HashMap<>();
    final Set<Key> lost = new HashSet<>();
    final Map<Device, Long> lastChange = new HashMap<>();
    long written;
    long flights;

    private final Simulation world;
    private final Map<Key, List<Placed>> places = new HashMap<>();
    private final Map<Number, Placed> counted = new HashMap<>();
    private final Map<Key, Entry.Claim> ends = new HashMap<>();
    private final Map<Key, List<Entry.Sent>> sends = new HashMap<>();
    private final Map<Key, Integer> writes = new HashMap<>();
    private final Map<Device, List<Written>> frames = new HashMap<>();
    private final int clocksApart;

    Guarantees(Simulation world) {
        this.world = world;
        int[] skew = world.log.skew;
        this.clocksApart =
                Arrays.stream(skew).max().orElse(0) - Arrays.stream(skew).min().orElse(0);
    }

    void fail(String what, @Nullable Object of) {
        violations.add(what + ": " + of + " at " + world.now);
    }

    // The log

    void landed(Placed placed) {
        Machine truth = world.truth;
        Entry entry = placed.entry();
        DeviceState state = entry instanceof Entry.OfDevice of ? truth.known(of.device()) : null;
        long number = state == null ? 0 : state.number();
        Object presence = state == null ? null : presence(state);
        truth.read(placed.partition(), placed.position(), placed.stamp(), entry, world.now);
        switch (entry) {
            case Entry.Claim claim -> claimed(claim, placed, number);
            case Entry.Submitted submitted -> {
                Key key = new Key(submitted.device(), submitted.id());
                landed.putIfAbsent(key, placed);
                places.computeIfAbsent(key, _ -> new ArrayList<>()).add(placed);
            }
            case Entry.Over over -> over(over, placed);
            case Entry.Connected of -> changed(of.device(), presence);
            case Entry.Present of -> changed(of.device(), presence);
            case Entry.Heartbeat _, Entry.Down _, Entry.Hangup _, Entry.Forgotten _, Entry.Handed _ -> {}
        }
    }

    private static Object presence(DeviceState state) {
        return List.of(state.epoch(), state.replica(), state.connection(), state.isConnected());
    }

    private DeviceState truth(Device device) {
        return Objects.requireNonNull(world.truth.known(device));
    }

    private void changed(Device device, @Nullable Object before) {
        if (!presence(truth(device)).equals(before)) {
            lastChange.put(device, world.now);
        }
    }

    private void claimed(Entry.Claim appended, Placed placed, long before) {
        Entry.Claim claim = world.rules.contains(Rule.LATE) ? appended.at(placed.stamp()) : appended;
        DeviceState state = truth(claim.device());
        boolean counts = state.claimPosition() == placed.position();
        if (!counts) {
            return;
        }
        Entry.Sent sent = claim.sent();
        if (claim.kind() == Kind.SEND && sent != null) {
            flights++;
            counted.put(new Number(claim.device(), claim.number()), placed);
            sends.computeIfAbsent(new Key(claim.device(), sent.command()), _ -> new ArrayList<>())
                    .add(sent);
            if (state.connection() != sent.connection()) {
                fail("the flight of a superseded holder counts", claim);
            }
        }
        Entry.End ended = claim.ended();
        if (claim.kind() == Kind.END && ended != null) {
            ends.put(new Key(claim.device(), ended.command()), claim);
        }
    }

    private void over(Entry.Over over, Placed placed) {
        Key key = new Key(over.device(), over.id());
        Outcome outcome = over.outcome();
        if (outcomes.putIfAbsent(key, outcome) != null) {
            return;
        }
        Simulation.Submission submission = world.submissions.get(key);
        long submitted = submitted(key);
        if (outcome.isNeverSent()) {
            Entry.Claim end = ends.get(key);
            if (writes.containsKey(key)) {
                fail(outcome + " though written", key);
            }
            if (world.rules.contains(Rule.CLAIM_END)
                    && (end == null || Objects.requireNonNull(end.ended()).outcome() != outcome)) {
                fail(outcome + " without a claim", key);
            }
        }
        if (outcome == Outcome.EXPIRED
                && placed.stamp() + clocksApart + 5
                        < submitted + submission.entry().ttlMillis()) {
            fail("expired before its time", key);
        }
        Confirm confirm = world.terms.numbers() > 0 ? submission.entry().confirm() : world.terms.confirm();
        if (outcome == Outcome.CONFIRMED && confirm == Confirm.WRITTEN && !writes.containsKey(key)) {
            fail("confirmed, never written", key);
        }
        boolean answered = world.devices.said.contains(new Said(over.device(), over.id(), outcome == Outcome.REJECTED));
        if (outcome == Outcome.CONFIRMED && confirm == Confirm.ANSWER && !submission.mixed() && !answered
                || outcome == Outcome.REJECTED && !answered) {
            fail(outcome + ", but the device never said so", key);
        }
        if (outcome == Outcome.UNCONFIRMED) {
            unconfirmed(key, placed, submitted, submission);
        }
    }

    /** When, by the earliest stamp: one that is submitted twice, into two partitions, counts as whoever reads it says. */
    private long submitted(Key key) {
        return places.getOrDefault(key, List.of()).stream()
                .mapToLong(Placed::stamp)
                .min()
                .orElse(0);
    }

    private void unconfirmed(Key key, Placed placed, long submitted, Simulation.Submission submission) {
        List<Entry.Sent> claims = sends.get(key);
        if (claims == null) {
            fail("unconfirmed, never claimed", key);
            return;
        }
        int most = claims.stream().mapToInt(Entry.Sent::attempt).max().orElse(0);
        if (submission.entry().mode() == Mode.AT_LEAST_ONCE
                && !submission.mixed()
                && most < submission.entry().attempts()
                && placed.stamp() + clocksApart + 5
                        < submitted + submission.entry().ttlMillis()
                && !lost.contains(key)) {
            fail("at least once, but given up early", key);
        }
    }

    // The devices

    void written(SimulatedReplica replica, Flying flying, boolean looked) {
        written++;
        Device device = flying.binding().device().device();
        Entry.Sent sent = flying.sent();
        Key key = new Key(device, sent.command());
        Simulation.Submission submission = world.submissions.get(key);
        DeviceState state = truth(device);
        Entry.Sent current = state.sent();
        boolean superseded = state.connection() != sent.connection() || current == null || !flying.is(current);
        long number = number(key, sent);
        Placed claim = counted.get(new Number(device, number));
        if (claim == null) {
            fail("written without a flight that counts", key);
        } else if (claim.stamp() > sent.deadline()) {
            fail("claimed after its time to live, and written", key);
        }
        DeviceState here = flying.binding().device();
        if (!looked && here.epoch() > -1 && here.connection() != sent.connection()) {
            fail("written to a connection that is known to be superseded", key);
        }
        List<Written> before = frames.computeIfAbsent(device, _ -> new ArrayList<>());
        Placed place = onlyPlace(key);
        boolean again = writes.containsKey(key);
        for (Written other : before) {
            if (!other.key().equals(key) && !outcomes.containsKey(other.key()) && !superseded) {
                fail("two in flight", List.of(key, other.key()));
            }
            Placed otherPlace = onlyPlace(other.key());
            if (!again
                    && place != null
                    && otherPlace != null
                    && !superseded
                    && otherPlace.partition() == place.partition()
                    && otherPlace.position() > place.position()) {
                fail("out of order", List.of(key, other.key()));
            }
        }
        if (again && sends.getOrDefault(key, List.of()).stream().anyMatch(s -> s.mode() == Mode.AT_MOST_ONCE)) {
            fail("at most once, but written twice", key);
        }
        if (sent.attempt() > (submission.mixed() ? 3 : submission.entry().attempts())) {
            fail("too many attempts", key);
        }
        Outcome outcome = outcomes.get(key);
        if (outcome != null && outcome.isNeverSent()) {
            fail("written after " + outcome, key);
        }
        writes.merge(key, 1, Integer::sum);
        before.add(new Written(key, number));
    }

    /** The number of the claim that it was written for. */
    private long number(Key key, Entry.Sent sent) {
        for (Map.Entry<Number, Placed> entry : counted.entrySet()) {
            if (entry.getKey().device().equals(key.device())
                    && entry.getValue().entry() instanceof Entry.Claim claim
                    && sent.equals(claim.sent())) {
                return entry.getKey().number();
            }
        }
        return -1;
    }

    private @Nullable Placed onlyPlace(Key key) {
        List<Placed> of = places.getOrDefault(key, List.of());
        return of.size() == 1 ? of.getFirst() : null;
    }
}
