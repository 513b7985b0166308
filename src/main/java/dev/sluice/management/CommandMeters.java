package dev.sluice.management;

import dev.sluice.command.DeviceCommands;
import dev.sluice.command.Outcome;
import dev.sluice.device.CommandDesk;
import dev.sluice.device.CommandForm;
import dev.sluice.device.CommandTally;
import dev.sluice.text.KebabCase;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Shows what becomes of commands. A realm that several listeners share counts under the first of these. There is
 * nothing to show as long as no listener takes commands.
 */
final class CommandMeters extends RenewedMeters {

    private final CommandDesk desk;

    CommandMeters(CommandDesk desk, MeterRegistry registry) {
        super(registry);
        this.desk = desk;
    }

    @Override
    void register() {
        desk.commands().ifPresent(this::registerAll);
        Set<String> realms = new HashSet<>();
        for (CommandForm form : desk.forms()) {
            if (realms.add(form.realm())) {
                register(desk.tally().of(form.realm()), Tags.of("listener", form.listener()));
            }
        }
    }

    private void registerAll(DeviceCommands commands) {
        Gauge.builder("sluice.commands.pending", commands, all -> all.ledger().pending())
                .description("Commands without an outcome")
                .register(registry);
        Gauge.builder("sluice.commands.age", commands, CommandMeters::age)
                .description("How long the eldest command without an outcome has waited")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("sluice.commands.devices", commands, DeviceCommands::connectedDevices)
                .description("Devices that are connected and take commands")
                .register(registry);
        Gauge.builder("sluice.commands.outcomes", commands, DeviceCommands::outcomesWaiting)
                .description("Outcomes that are to go to sinks, and are not in their spool yet")
                .register(registry);
        Gauge.builder("sluice.commands.bytes", commands, DeviceCommands::bytes)
                .description("Size of the file that commands are kept in, without its -wal")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("sluice.commands.writable", commands, all -> all.failure().isEmpty() ? 1 : 0)
                .description("0 while commands cannot be kept")
                .register(registry);
    }

    private static double age(DeviceCommands commands) {
        return commands.oldest().map(Instant::toEpochMilli).map(Age::seconds).orElse(0.0);
    }

    private void register(CommandTally.OfRealm tally, Tags tags) {
        for (Outcome outcome : Outcome.values()) {
            FunctionCounter.builder("sluice.commands", tally, t -> t.ended(outcome))
                    .description("Commands that are over, by outcome")
                    .tags(tags.and("outcome", KebabCase.of(outcome.name())))
                    .register(registry);
        }
        FunctionCounter.builder("sluice.commands.submitted", tally, CommandTally.OfRealm::submitted)
                .description("Commands that were taken")
                .tags(tags)
                .register(registry);
        FunctionCounter.builder("sluice.commands.late", tally, CommandTally.OfRealm::late)
                .description("Answers that no command waited for")
                .tags(tags)
                .register(registry);
        timer(
                "sluice.commands.written",
                "From the submission of a command to its bytes written",
                tags,
                tally.written());
    }
}
