package dev.sluice.command;

import dev.sluice.command.Entry.Claim.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How entries are written in the log. The first byte tells which; numbers once given are kept. What was added later
 * stands at the end of an entry, and may be missing there.
 */
final class EntryFormat {

    private static final int CONNECTED = 1;
    private static final int PRESENT = 2;
    private static final int CLAIM = 3;
    private static final int SUBMITTED = 4;
    private static final int OVER = 5;
    private static final int HEARTBEAT = 6;
    private static final int DOWN = 7;
    private static final int FORGOTTEN = 8;
    private static final int HANDED = 9;
    private static final int HANGUP = 10;

    private EntryFormat() {}

    static byte[] encode(Entry entry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try {
            write(entry, new DataOutputStream(bytes));
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
        return bytes.toByteArray();
    }

    private static void write(Entry entry, DataOutputStream out) throws IOException {
        switch (entry) {
            case Entry.Connected connected -> {
                out.writeByte(CONNECTED);
                write(connected.device(), out);
                out.writeLong(connected.replica());
                out.writeLong(connected.connection());
                write(connected.place(), out);
            }
            case Entry.Present present -> {
                out.writeByte(PRESENT);
                write(present.device(), out);
                out.writeLong(present.replica());
                out.writeLong(present.connection());
                out.writeLong(present.epoch());
                out.writeBoolean(present.connected());
                write(present.place(), out);
            }
            case Entry.Claim claim -> {
                out.writeByte(CLAIM);
                out.writeByte(claim.kind().ordinal());
                write(claim.device(), out);
                out.writeLong(claim.replica());
                out.writeLong(claim.connection());
                out.writeLong(claim.epoch());
                out.writeLong(claim.number());
                write(claim.sent(), out);
                write(claim.ended(), out);
                write(claim.before(), out);
            }
            case Entry.Submitted submitted -> {
                out.writeByte(SUBMITTED);
                write(submitted.device(), out);
                out.writeUTF(submitted.id());
                out.writeByte(submitted.mode().ordinal());
                out.writeInt(submitted.attempts());
                out.writeLong(submitted.ttlMillis());
                out.writeByte(submitted.confirm().ordinal());
                out.writeInt(submitted.payload().length);
                out.write(submitted.payload());
                out.writeUTF(submitted.listener());
            }
            case Entry.Over over -> {
                out.writeByte(OVER);
                write(over.device(), out);
                out.writeUTF(over.id());
                out.writeByte(over.outcome().ordinal());
                out.writeInt(over.attempts());
            }
            case Entry.Heartbeat heartbeat -> {
                out.writeByte(HEARTBEAT);
                out.writeLong(heartbeat.replica());
                out.writeLong(heartbeat.heard());
            }
            case Entry.Down down -> {
                out.writeByte(DOWN);
                out.writeLong(down.replica());
            }
            case Entry.Handed handed -> {
                out.writeByte(HANDED);
                out.writeUTF(handed.listener());
                out.writeLong(handed.position());
            }
            case Entry.Hangup hangup -> {
                out.writeByte(HANGUP);
                write(hangup.device(), out);
                out.writeLong(hangup.epoch());
            }
            case Entry.Forgotten forgotten -> {
                out.writeByte(FORGOTTEN);
                for (Outcome outcome : Outcome.values()) {
                    out.writeLong(forgotten.count(outcome));
                }
            }
        }
    }

    /** @throws IllegalArgumentException if it is none */
    static Entry decode(byte[] content) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            return read(in);
        } catch (IOException | ArrayIndexOutOfBoundsException ex) {
            throw new IllegalArgumentException("a record is not one of commands", ex);
        }
    }

    private static Entry read(DataInputStream in) throws IOException {
        int type = in.readByte();
        return switch (type) {
            case CONNECTED -> new Entry.Connected(readDevice(in), in.readLong(), in.readLong(), readPlace(in));
            case PRESENT ->
                new Entry.Present(
                        readDevice(in), in.readLong(), in.readLong(), in.readLong(), in.readBoolean(), readPlace(in));
            case HANGUP -> new Entry.Hangup(readDevice(in), in.readLong());
            case CLAIM ->
                new Entry.Claim(
                        Kind.values()[in.readByte()],
                        readDevice(in),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        readSent(in),
                        readEnd(in),
                        readSent(in));
            case SUBMITTED ->
                new Entry.Submitted(
                        readDevice(in),
                        in.readUTF(),
                        Mode.values()[in.readByte()],
                        in.readInt(),
                        in.readLong(),
                        Confirm.values()[in.readByte()],
                        in.readNBytes(in.readInt()),
                        in.available() > 0 ? in.readUTF().intern() : "");
            case OVER ->
                new Entry.Over(
                        readDevice(in),
                        in.readUTF(),
                        Outcome.values()[in.readByte()],
                        in.available() > 0 ? in.readInt() : 0);
            case HEARTBEAT -> new Entry.Heartbeat(in.readLong(), in.readLong());
            case DOWN -> new Entry.Down(in.readLong());
            case FORGOTTEN -> {
                long[] counts = new long[Outcome.values().length];
                for (int i = 0; i < counts.length; i++) {
                    counts[i] = in.readLong();
                }
                yield new Entry.Forgotten(counts);
            }
            case HANDED -> new Entry.Handed(in.readUTF(), in.readLong());
            default -> throw new IOException("type " + type);
        };
    }

    private static void write(Device device, DataOutputStream out) throws IOException {
        out.writeUTF(device.realm());
        out.writeUTF(device.identity());
    }

    private static Device readDevice(DataInputStream in) throws IOException {
        return new Device(in.readUTF().intern(), in.readUTF());
    }

    private static void write(Place place, DataOutputStream out) throws IOException {
        out.writeUTF(place.listener());
        out.writeUTF(place.connection());
        out.writeUTF(place.remote());
    }

    /** Records of older versions have none. */
    private static Place readPlace(DataInputStream in) throws IOException {
        return in.available() > 0 ? new Place(in.readUTF().intern(), in.readUTF(), in.readUTF()) : Place.UNKNOWN;
    }

    private static void write(Entry.@Nullable Sent sent, DataOutputStream out) throws IOException {
        out.writeBoolean(sent != null);
        if (sent != null) {
            out.writeUTF(sent.command());
            out.writeInt(sent.attempt());
            out.writeLong(sent.connection());
            out.writeLong(sent.number());
            out.writeByte(sent.mode().ordinal());
            out.writeInt(sent.attempts());
            out.writeLong(sent.deadline());
            out.writeInt(sent.partition());
            out.writeLong(sent.position());
        }
    }

    private static Entry.@Nullable Sent readSent(DataInputStream in) throws IOException {
        return in.readBoolean()
                ? new Entry.Sent(
                        in.readUTF(),
                        in.readInt(),
                        in.readLong(),
                        in.readLong(),
                        Mode.values()[in.readByte()],
                        in.readInt(),
                        in.readLong(),
                        in.readInt(),
                        in.readLong())
                : null;
    }

    private static void write(Entry.@Nullable End ended, DataOutputStream out) throws IOException {
        out.writeBoolean(ended != null);
        if (ended != null) {
            out.writeUTF(ended.command());
            out.writeByte(ended.outcome().ordinal());
        }
    }

    private static Entry.@Nullable End readEnd(DataInputStream in) throws IOException {
        return in.readBoolean() ? new Entry.End(in.readUTF(), Outcome.values()[in.readByte()]) : null;
    }
}
