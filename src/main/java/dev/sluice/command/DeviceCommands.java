package dev.sluice.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Commands to devices, as sockets and callers see them. Safe for use by any thread. */
public final class DeviceCommands implements AutoCloseable {

    private DeviceCommands() {}

    /**
     * Opens {@code devices.db} in a directory that this process has locked, and starts. Returns once it has read what
     * is there.
     */
    public static DeviceCommands open(Path directory, CommandLimits limits, CommandWatch watch) {
        throw new UnsupportedOperationException();
    }

    /** A device is at this connection, which others give up. May wait while the engine is behind. */
    public void connected(Device device, DeviceSocket socket, CommandTerms terms) {}

    /** A connection has ended, with all its devices. */
    public void gone(DeviceSocket socket) {}

    /** A connection goes on without this device. */
    public void gone(Device device, DeviceSocket socket) {}

    /**
     * An answer came.
     *
     * @param device null if the answer does not say which
     * @param number -1 if the answer carries none
     * @param rejected whether the device says no
     */
    public void answered(DeviceSocket socket, @Nullable Device device, long number, boolean rejected) {}

    /** Fails with {@link RefusedException}. Done once the command is durable. */
    public CompletableFuture<Submission> submit(NewCommand command) {
        throw new UnsupportedOperationException();
    }

    /** Nothing if no command of that id is known, or no longer. */
    public CompletableFuture<Optional<CommandState>> find(String id) {
        throw new UnsupportedOperationException();
    }

    /** Its state once it has an outcome, or after some time. */
    public CompletableFuture<Optional<CommandState>> await(String id, Duration atMost) {
        throw new UnsupportedOperationException();
    }

    /** Those of a device that have no outcome, in the order in which they are sent. */
    public CompletableFuture<List<CommandState>> pending(Device device) {
        throw new UnsupportedOperationException();
    }

    /** Its state once it has an outcome, which may be another than cancelled, or after some time. */
    public CompletableFuture<Optional<CommandState>> cancel(String id, Duration atMost) {
        throw new UnsupportedOperationException();
    }

    /**
     * Those that are connected, in no particular order.
     *
     * @param realm null for all
     * @param part that identities contain; empty for all
     */
    public CompletableFuture<List<ConnectedDevice>> devices(@Nullable String realm, String part, int most) {
        throw new UnsupportedOperationException();
    }

    /** Nothing if it is not connected. */
    public CompletableFuture<Optional<ConnectedDevice>> device(Device device) {
        throw new UnsupportedOperationException();
    }

    /** Closes its connection. Returns whether there was one. */
    public CompletableFuture<Boolean> disconnect(Device device) {
        throw new UnsupportedOperationException();
    }

    /** What has become of all commands so far, over restarts. */
    public Ledger ledger() {
        throw new UnsupportedOperationException();
    }

    /** How many devices are connected. */
    public int connectedDevices() {
        throw new UnsupportedOperationException();
    }

    /** Why the log cannot be written just now; nothing if it can. */
    public Optional<String> failure() {
        return Optional.empty();
    }

    /** The size of the log's files, in bytes. */
    public long bytes() {
        return 0;
    }

    /** Ends the thread and closes the file. Sockets are to be closed first; what waits is kept. */
    @Override
    public void close() {}
}
