package dev.sluice.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.log.Keyed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * How entries are written as records of Kafka. Commands are what anybody may write. All else has the entry in a header;
 * what is public of it, whoever is connected and what became of commands, is a CloudEvent in binary mode besides.
 */
final class EntryRecords {

    private static final String ENTRY = "sluice-entry";
    private static final String NAME = "sluice-name";
    private static final String SINCE = "sluice-since";
    private static final byte[] NOTHING = {};
    private static final Header VERSION = header("ce_specversion", "1.0");
    private static final Header JSON = header("content-type", "application/json");

    private final String replica;
    private final long since;
    private final CommandRecords commands;
    private final JsonMapper json = new JsonMapper();

    /** What a heartbeat says of its replica besides. */
    record Named(String name, long since) {}

    /**
     * @param replica the name of this one
     * @param since milliseconds since 1970 of its start, by its own clock
     */
    EntryRecords(String replica, long since, CommandRecords commands) {
        this.replica = replica;
        this.since = since;
        this.commands = commands;
    }

    /**
     * Makes a record of an entry.
     *
     * @param over the command whose outcome it is, as far as it is known; null for what is no outcome
     */
    Keyed encode(Entry entry, @Nullable Command over) {
        return switch (entry) {
            case Entry.Submitted submitted -> commands.encode(submitted, replica);
            case Entry.Connected connected -> presence(entry, connected.device(), connected.place(), true);
            case Entry.Present present -> presence(entry, present.device(), present.place(), present.connected());
            case Entry.Claim claim -> hidden(entry, "#" + claim.device());
            case Entry.Over outcome -> outcome(outcome, over);
            case Entry.Hangup hangup -> hidden(entry, "close/" + hangup.device());
            case Entry.Heartbeat heartbeat -> {
                List<Header> headers = headers(entry);
                headers.add(header(NAME, replica));
                headers.add(header(SINCE, Long.toString(since)));
                yield new Keyed(bytes("replica/" + heartbeat.replica()), NOTHING, headers);
            }
            case Entry.Down down -> hidden(entry, "replica/" + down.replica());
            case Entry.Forgotten _, Entry.Handed _ ->
                throw new IllegalArgumentException("what concerns one process alone is told to nobody");
        };
    }

    private static Keyed hidden(Entry entry, String key) {
        return new Keyed(bytes(key), NOTHING, headers(entry));
    }

    private static List<Header> headers(Entry entry) {
        List<Header> headers = new ArrayList<>();
        headers.add(new RecordHeader(ENTRY, EntryFormat.encode(entry)));
        return headers;
    }

    private Keyed presence(Entry entry, Device device, Place place, boolean connected) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("identity", device.identity());
        said.put("realm", device.realm());
        said.put("connected", connected);
        said.put("replica", replica);
        said.put("listener", place.listener());
        said.put("connection", place.connection());
        said.put("remote", place.remote());
        String type = connected ? "dev.sluice.device.connected" : "dev.sluice.device.disconnected";
        return event(entry, device, type, device + "/" + place.connection() + "/" + connected, said);
    }

    /** When it ended is known once the log has stamped it. */
    private Keyed outcome(Entry.Over over, @Nullable Command command) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("id", over.id());
        said.put("identity", over.device().identity());
        said.put("realm", over.device().realm());
        if (command != null && !command.listener().isEmpty()) {
            said.put("listener", command.listener());
        }
        said.put("outcome", CommandRecords.word(over.outcome()));
        if (command != null && command.isSubmitted()) {
            said.put("mode", CommandRecords.word(command.mode()));
        }
        said.put("attempts", over.attempts());
        if (command != null && command.isSubmitted()) {
            said.put("submittedAt", Instant.ofEpochMilli(command.stamp()).toString());
            said.put("expiresAt", Instant.ofEpochMilli(command.deadline()).toString());
        }
        return event(over, over.device(), "dev.sluice.outcome", over.id(), said);
    }

    private Keyed event(Entry entry, Device device, String type, String id, Map<String, Object> said) {
        List<Header> headers = headers(entry);
        headers.add(VERSION);
        headers.add(JSON);
        headers.add(header("ce_id", id));
        headers.add(header("ce_source", "sluice/" + replica));
        headers.add(header("ce_type", type));
        headers.add(header("ce_subject", device.identity()));
        return new Keyed(bytes(device.toString()), json.writeValueAsBytes(said), headers);
    }

    /**
     * Reads a record.
     *
     * @param asCommand whether it is of the topic of commands
     * @return null if it is none of ours
     * @throws IllegalArgumentException if it cannot be read, as one of a newer version
     */
    @Nullable
    Entry decode(ConsumerRecord<byte[], byte[]> found, boolean asCommand) {
        if (asCommand) {
            return commands.decode(found);
        }
        // It stands first, so that the others are not even looked at.
        Iterator<Header> entries = found.headers().headers(ENTRY).iterator();
        byte[] entry = entries.hasNext() ? entries.next().value() : null;
        return entry == null ? null : EntryFormat.decode(entry);
    }

    /** Returns what a heartbeat says of its replica; null if it does not. */
    static @Nullable Named named(ConsumerRecord<byte[], byte[]> found) {
        String name = CommandRecords.text(found, NAME);
        String since = CommandRecords.text(found, SINCE);
        return name == null || since == null || !since.matches("\\d{1,18}")
                ? null
                : new Named(name, Long.parseLong(since));
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, bytes(value));
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
