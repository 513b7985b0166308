package dev.sluice.device;

import dev.sluice.command.CommandRules;
import dev.sluice.command.Confirm;
import dev.sluice.command.Device;
import dev.sluice.command.Mode;
import dev.sluice.command.NewCommand;
import dev.sluice.command.RefusedException;
import dev.sluice.command.RefusedException.Cause;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What listeners say of commands that others write into the log. */
final class FormRules implements CommandRules {

    /** Where no listener here has the realm. */
    private static final int MOST_PENDING = 10_000;

    private static final int MOST_ATTEMPTS = 3;
    private static final int LARGEST = 1 << 20;
    private static final Duration USUAL_TTL = Duration.ofHours(1);
    private static final Duration LONGEST_TTL = Duration.ofHours(24);

    private final Supplier<Collection<CommandForm>> forms;

    FormRules(Supplier<Collection<CommandForm>> forms) {
        this.forms = forms;
    }

    private @Nullable CommandForm form(Device device) {
        for (CommandForm form : forms.get()) {
            if (form.realm().equals(device.realm())) {
                return form;
            }
        }
        return null;
    }

    @Override
    public NewCommand complete(String id, Written written) throws RefusedException {
        CommandForm form = form(written.device());
        return form == null ? unknown(id, written) : known(id, written, form);
    }

    private static NewCommand known(String id, Written written, CommandForm form) throws RefusedException {
        CommandsProperties said = form.properties();
        Duration ttl = written.ttl() == null ? said.ttl() : written.ttl();
        if (ttl.compareTo(said.maxTtl()) > 0) {
            throw refused("its time to live is longer than 'commands.max-ttl' of listener '" + form.listener() + "'");
        }
        if (written.payload().length > said.maxSize().toBytes()) {
            throw refused("it is larger than 'commands.max-size' of listener '" + form.listener() + "'");
        }
        Confirm confirm = written.confirm() == null ? said.confirm() : written.confirm();
        if (confirm != said.confirm() && !form.isNumbered()) {
            throw refused("only where answers carry the number of their command can 'confirm' be its own");
        }
        Optional<String> obstacle = form.obstacle(written.device(), written.payload());
        if (obstacle.isPresent()) {
            throw refused(
                    "it cannot be written as listener '" + form.listener() + "' writes commands: " + obstacle.get());
        }
        Mode mode = written.mode() == null ? said.mode() : written.mode();
        return new NewCommand(
                written.device(),
                id,
                written.payload(),
                mode,
                mode == Mode.AT_MOST_ONCE ? 1 : said.attempts(),
                ttl,
                confirm,
                said.maxPending(),
                form.listener());
    }

    /** Another replica may have a listener for it, if all have not been given one yet. */
    private static NewCommand unknown(String id, Written written) throws RefusedException {
        Duration ttl = written.ttl() == null ? USUAL_TTL : written.ttl();
        if (ttl.compareTo(LONGEST_TTL) > 0 || written.payload().length > LARGEST) {
            throw refused(
                    "no listener takes commands for realm '" + written.device().realm() + "'");
        }
        Mode mode = written.mode() == null ? Mode.AT_LEAST_ONCE : written.mode();
        return new NewCommand(
                written.device(),
                id,
                written.payload(),
                mode,
                mode == Mode.AT_MOST_ONCE ? 1 : MOST_ATTEMPTS,
                ttl,
                written.confirm() == null ? Confirm.ANSWER : written.confirm(),
                MOST_PENDING,
                "");
    }

    private static RefusedException refused(String why) {
        return new RefusedException(Cause.REFUSED, why);
    }

    @Override
    public int maxPending(Device device) {
        CommandForm form = form(device);
        return form == null ? MOST_PENDING : form.properties().maxPending();
    }
}
