package dev.sluice.device;

import dev.sluice.command.Device;
import dev.sluice.command.DeviceCommands;
import dev.sluice.transport.Attendant;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Identities;
import dev.sluice.transport.Presence;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the sender of commands which devices are connected, and what they answer. Safe for use by many threads; the
 * events of one device come in their order.
 */
final class Attendance {

    private final DeviceCommands commands;
    private volatile Map<String, CommandForm> forms = Map.of();

    Attendance(DeviceCommands commands) {
        this.commands = commands;
    }

    /**
     * Listeners take commands in this way from now on. Those who are connected to one that has changed are told anew.
     *
     * @param next by listener
     * @param realms the identities of a realm
     */
    void become(Map<String, CommandForm> next, Function<String, Identities> realms) {
        Map<String, CommandForm> before = forms;
        forms = next;
        Stream.concat(before.values().stream(), next.values().stream())
                .filter(form -> before.get(form.listener()) != next.get(form.listener()))
                .map(CommandForm::realm)
                .distinct()
                .forEach(realm -> realms.apply(realm).watch(new OfRealm(realm)));
    }

    /** Returns how a listener takes commands; null if it does not. */
    @Nullable
    CommandForm form(String listener) {
        return forms.get(listener);
    }

    Device device(CommandForm form, String identity) {
        return new Device(form.realm(), identity);
    }

    void answered(DeviceLine line, @Nullable Device device, AnswerPattern.Read answer) {
        commands.answered(line, device, answer.number(), answer.rejected());
    }

    private Optional<DeviceLine> line(Connection connection) {
        return connection.attendant().map(DeviceLine.class::cast);
    }

    /** What its devices do. */
    private final class OfRealm implements Presence {

        private final String realm;

        OfRealm(String realm) {
            this.realm = realm;
        }

        @Override
        public void connected(String identity, Connection connection) {
            CommandForm form = form(connection.listener());
            if (form != null && form.realm().equals(realm)) {
                Attendant line = connection
                        .attendant()
                        .orElseGet(() -> connection.attendedBy(new DeviceLine(connection, Attendance.this)));
                commands.connected(new Device(realm, identity), (DeviceLine) line, form.terms());
            } else {
                // Another listener of the realm, or this one before it was declared otherwise.
                gone(identity, connection);
            }
        }

        @Override
        public void gone(String identity, Connection connection) {
            line(connection).ifPresent(line -> commands.gone(new Device(realm, identity), line));
        }
    }
}
