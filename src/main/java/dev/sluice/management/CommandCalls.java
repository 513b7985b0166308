package dev.sluice.management;

import dev.sluice.command.ConnectedDevice;
import dev.sluice.command.Device;
import dev.sluice.command.DeviceCommands;
import dev.sluice.command.RefusedException;
import dev.sluice.device.CommandDesk;
import dev.sluice.device.CommandForm;
import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * What calls about commands and devices have in common: whom they mean, and how long they wait. Safe for use by any
 * thread.
 */
final class CommandCalls {

    /** So many calls may wait for an outcome at once; each holds a connection of the web server. */
    private static final int MOST_WAITING = 200;

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    /** For what takes a moment unless the disk hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Listeners listeners;
    private final CommandDesk desk;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);

    CommandCalls(Listeners listeners, CommandDesk desk) {
        this.listeners = listeners;
        this.desk = desk;
    }

    CommandDesk desk() {
        return desk;
    }

    /**
     * @throws Refused if no listener takes commands, or the service is starting or ending
     */
    DeviceCommands commands() {
        requireOpen();
        return desk.commands()
                .orElseThrow(() -> Refused.notFound("no listener takes commands. Give one a section 'commands'"));
    }

    private void requireOpen() {
        if (!desk.isOpen()) {
            throw Refused.unavailable("the service is starting or ending. Try again in a moment");
        }
    }

    /**
     * Returns how the device that a caller means takes commands: that of a listener, of the only one in a realm, or of
     * the only one to which a device of that identity is connected.
     *
     * @throws Refused if it takes none, or it is not clear which is meant
     */
    CommandForm form(@Nullable String realm, @Nullable String listener, @Nullable String identity) {
        requireOpen();
        if (listener != null) {
            return ofListener(realm, listener);
        }
        List<CommandForm> found = desk.forms().stream()
                .filter(form -> realm == null || form.realm().equals(realm))
                .toList();
        if (found.isEmpty()) {
            throw realm == null
                    ? Refused.conflict("no listener takes commands. Give one a section 'commands'")
                    : Refused.notFound("no listener that takes commands has the realm '" + realm + "'");
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        List<String> realms = found.stream().map(CommandForm::realm).distinct().toList();
        List<ConnectedDevice> connected = identity == null || identity.isEmpty() ? List.of() : find(realms, identity);
        if (connected.size() == 1) {
            String at = connected.getFirst().listener();
            return desk.form(at).orElseGet(found::getFirst);
        }
        if (realms.size() > 1) {
            throw Refused.badRequest("devices of several realms take commands: " + String.join(", ", realms)
                    + (connected.isEmpty()
                            ? ", and none is connected that is called so"
                            : ", and devices of several are called so")
                    + ". Name the 'realm' or the 'listener', too");
        }
        return found.getFirst();
    }

    /** Returns the devices of some realms that are connected by this identity. */
    List<ConnectedDevice> find(List<String> realms, String identity) {
        DeviceCommands commands = commands();
        String checked = CommandRequest.checked(identity);
        return realms.stream()
                .flatMap(realm -> get(commands.device(new Device(realm, checked))).stream())
                .toList();
    }

    private CommandForm ofListener(@Nullable String realm, String name) {
        Listener listener = listeners.find(name).orElseThrow(() -> Refused.noListener(name));
        CommandForm form = desk.form(name)
                .orElseThrow(() -> Refused.conflict(
                        listener.properties().tcp() == null
                                ? "listener '" + name + "' is of UDP, whose devices have no connection that a command"
                                        + " could be written to"
                                : "listener '" + name + "' takes no commands. Give it a section 'commands'"));
        if (realm != null && !form.realm().equals(realm)) {
            throw Refused.badRequest("the realm of listener '" + name + "' is '" + form.realm() + "', not '" + realm
                    + "'. One of 'realm' and 'listener' is enough");
        }
        return form;
    }

    /** Returns the realms that a caller may mean. */
    List<String> realms(@Nullable String realm) {
        return realm == null ? desk.realms() : List.of(realm);
    }

    /**
     * Reads how long a caller wants to wait.
     *
     * @throws Refused if it is no time, or too long
     */
    static Duration patience(@Nullable String wait) {
        if (wait == null) {
            return Duration.ZERO;
        }
        Duration asked = WrittenDuration.of("wait", wait);
        if (asked.isNegative() || asked.compareTo(LONGEST_WAIT) > 0) {
            throw Refused.badRequest("'wait' must be 5m at the most");
        }
        return asked;
    }

    /** Waits for what takes a moment. */
    <T> T get(CompletableFuture<T> answer) {
        return get(answer, Duration.ZERO);
    }

    /**
     * Waits.
     *
     * @param asked how long the caller wants to wait for an outcome
     * @throws Refused if too many do, or the answer is a refusal
     */
    <T> T get(CompletableFuture<T> answer, Duration asked) {
        boolean waits = asked.isPositive() && !answer.isDone();
        if (waits && !waiting.tryAcquire()) {
            throw Refused.unavailable(MOST_WAITING + " calls wait for an outcome already. Ask again, without 'wait'");
        }
        try {
            return answer.get(PATIENCE.plus(asked).toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException ex) {
            throw refused(ex.getCause());
        } catch (TimeoutException ex) {
            throw Refused.unavailable(
                    "the log of commands takes longer than " + PATIENCE.toSeconds() + " s; try again later");
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw Refused.unavailable("interrupted while it waited");
        } finally {
            if (waits) {
                waiting.release();
            }
        }
    }

    private static RuntimeException refused(@Nullable Throwable cause) {
        if (cause instanceof RefusedException refused) {
            HttpStatus status = switch (refused.why()) {
                case CONFLICT -> HttpStatus.CONFLICT;
                case TOO_MANY -> HttpStatus.TOO_MANY_REQUESTS;
                case FULL -> HttpStatus.INSUFFICIENT_STORAGE;
                case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
                case REFUSED -> HttpStatus.BAD_REQUEST;
            };
            return new Refused(status, refused.getMessage());
        }
        return new IllegalStateException(cause);
    }
}
