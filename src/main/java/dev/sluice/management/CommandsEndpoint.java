package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.command.CommandState;
import dev.sluice.command.Device;
import dev.sluice.command.DeviceCommands;
import dev.sluice.command.Ledger;
import dev.sluice.command.NewCommand;
import dev.sluice.device.CommandForm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.HttpStatus;

/** Takes commands for devices, and tells what becomes of them: {@code /actuator/commands}. */
@Endpoint(id = "commands")
final class CommandsEndpoint {

    private final CommandCalls calls;

    CommandsEndpoint(CommandCalls calls) {
        this.calls = calls;
    }

    /**
     * All commands.
     *
     * @param realms whose devices take commands
     * @param bytes of the files that they are kept in
     * @param failure why they cannot be kept just now; null if they can
     * @param ended those that were over last, the latest first
     */
    record Summary(
            Ledger ledger,
            int devices,
            List<String> realms,
            long bytes,
            @Nullable String failure,
            List<CommandDescription> ended) {}

    /**
     * Those of a device.
     *
     * @param total how many there are on all pages; left out unless a page was asked for
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Descriptions(
            List<CommandDescription> commands, @Nullable Integer total) {}

    /**
     * Takes a command, which is safe when this returns.
     *
     * @param realm of the identity, where listeners have several
     * @param listener that says how the command is sent, likewise
     * @param id the same one again does nothing, if it has the same content
     * @param ttl how long it may wait: 30s, 5m, 2h
     * @param confirm {@code written} or {@code answer}
     * @param mode {@code at-least-once} or {@code at-most-once}
     * @param wait how long to wait for its outcome
     */
    @WriteOperation
    WebEndpointResponse<CommandDescription> submit(
            @Nullable String identity,
            @Nullable String realm,
            @Nullable String listener,
            @Nullable String text,
            @Nullable String base64,
            @Nullable String hex,
            @Nullable String id,
            @Nullable String ttl,
            @Nullable String confirm,
            @Nullable String mode,
            @Nullable String wait) {
        Duration patience = CommandCalls.patience(wait);
        CommandForm form = calls.form(realm, listener, identity);
        NewCommand command = new CommandRequest(identity, text, hex, base64, id, ttl, confirm, mode).command(form);
        DeviceCommands commands = calls.commands();
        CommandState state = calls.get(commands.submit(command)).command();
        if (patience.isPositive() && state.outcome() == null) {
            state = calls.get(commands.await(command.id(), patience), patience).orElse(state);
        }
        HttpStatus status = state.outcome() == null ? HttpStatus.ACCEPTED : HttpStatus.OK;
        return new WebEndpointResponse<>(CommandDescription.of(state), status.value());
    }

    /**
     * Those that wait for a device, in the order in which they are sent; without an identity, a summary of all.
     *
     * @param limit how many a page has; all are shown if absent
     */
    @ReadOperation
    Record commands(
            @Nullable String identity,
            @Nullable String realm,
            @Nullable String listener,
            @Nullable String offset,
            @Nullable String limit) {
        DeviceCommands commands = calls.commands();
        if (identity == null) {
            return new Summary(
                    commands.ledger(),
                    commands.connectedDevices(),
                    calls.desk().realms(),
                    commands.bytes(),
                    commands.failure().orElse(null),
                    described(calls.desk().tally().ended().stream()));
        }
        Page page = Page.of(offset, limit, null);
        Device device = new Device(calls.form(realm, listener, identity).realm(), CommandRequest.checked(identity));
        List<CommandState> found = calls.get(commands.pending(device));
        return new Descriptions(described(page.of(found)), page.total(found.size()));
    }

    private static List<CommandDescription> described(Stream<CommandState> commands) {
        return commands.map(CommandDescription::of).toList();
    }

    /**
     * What is known of one.
     *
     * @param wait how long to wait for its outcome
     */
    @ReadOperation
    CommandDescription command(@Selector String id, @Nullable String wait) {
        Duration patience = CommandCalls.patience(wait);
        DeviceCommands commands = calls.commands();
        return described(
                id,
                patience.isPositive()
                        ? calls.get(commands.await(id, patience), patience)
                        : calls.get(commands.find(id)));
    }

    /** Cancels one, and answers what became of it: another outcome than that, if it was sent before. */
    @DeleteOperation
    CommandDescription cancel(@Selector String id) {
        Duration patience = Duration.ofSeconds(10);
        return described(id, calls.get(calls.commands().cancel(id, patience), patience));
    }

    private static CommandDescription described(String id, Optional<CommandState> found) {
        return found.map(CommandDescription::of)
                .orElseThrow(() -> Refused.notFound(
                        "there is no command '" + id + "', or it has been over for so long that it is forgotten"));
    }
}
