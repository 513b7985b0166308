package dev.sluice.device;

import dev.sluice.command.CommandRules;
import dev.sluice.command.CommandWatch;
import dev.sluice.command.DeviceCommands;
import dev.sluice.command.OutcomeTaker;
import dev.sluice.log.LogException;
import dev.sluice.transport.Identities;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where commands for devices are handed in. It opens once a listener takes commands, or an earlier run has left some.
 * Safe for use by many threads; opened, changed and closed by one at a time.
 */
public final class CommandDesk implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CommandDesk.class);

    /** What keeps commands. */
    public interface Opening {

        /** Whether commands may be kept there by an earlier run. */
        boolean isDue();

        DeviceCommands open(CommandRules rules, CommandWatch watch) throws LogException;
    }

    private final CommandTally tally = new CommandTally();
    private volatile Map<String, CommandForm> forms = Map.of();
    private volatile @Nullable DeviceCommands commands;
    /** Whether it is known what listeners take. */
    private volatile boolean open;

    private @Nullable Attendance attendance;

    /**
     * Listeners take commands in this way from now on. A form that is the same object as before has not changed.
     *
     * @param next by listener
     * @param outcomes who takes what became of commands, by the listener that took them
     * @param realms the identities of a realm
     * @param opening opens what keeps the commands; done once, if a listener takes commands or the opening is due
     * @throws LogException if what is kept there cannot be read
     */
    public void become(
            Map<String, CommandForm> next,
            Map<String, OutcomeTaker> outcomes,
            Function<String, Identities> realms,
            Opening opening)
            throws LogException {
        forms = Map.copyOf(next);
        if (commands == null && (!next.isEmpty() || opening.isDue())) {
            DeviceCommands opened = opening.open(new FormRules(this::forms), tally);
            commands = opened;
            attendance = new Attendance(opened);
        }
        DeviceCommands present = commands;
        if (present != null) {
            present.outcomes(outcomes);
        }
        if (attendance != null) {
            attendance.become(forms, realms);
        }
        open = true;
    }

    /** Returns whether it is known by now which listeners take commands, and not yet over. */
    public boolean isOpen() {
        return open;
    }

    /** Returns who sends commands; nothing if no listener takes any, and none are left. */
    public Optional<DeviceCommands> commands() {
        return Optional.ofNullable(commands);
    }

    /** Returns how a listener takes commands; nothing if it does not. */
    public Optional<CommandForm> form(String listener) {
        return Optional.ofNullable(forms.get(listener));
    }

    /** How listeners take commands, in the order of their names. */
    public Collection<CommandForm> forms() {
        return forms.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    /** The realms whose devices take commands. */
    public List<String> realms() {
        return forms().stream().map(CommandForm::realm).distinct().toList();
    }

    /** What became of them since the start. */
    public CommandTally tally() {
        return tally;
    }

    /** What waits is kept. */
    @Override
    public void close() {
        open = false;
        DeviceCommands former = commands;
        commands = null;
        if (former != null) {
            try {
                former.close();
            } catch (LogException ex) {
                log.warn("The log of commands was not closed properly: {}", ex.getMessage());
            }
        }
    }
}
