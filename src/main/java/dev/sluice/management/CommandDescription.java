package dev.sluice.management;

import dev.sluice.command.CommandState;
import dev.sluice.text.KebabCase;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A command as a caller sees it: never what is in it.
 *
 * @param state {@code waiting}, {@code sent} or {@code over}
 * @param outcome what became of it; null while it is pending
 * @param attempts how often it was sent, or was to be
 */
record CommandDescription(
        String id,
        String identity,
        String realm,
        String state,
        @Nullable String outcome,
        String mode,
        int attempts,
        Instant submittedAt,
        Instant expiresAt,
        @Nullable Instant endedAt) {

    static CommandDescription of(CommandState command) {
        return new CommandDescription(
                command.id(),
                command.device().identity(),
                command.device().realm(),
                KebabCase.of(command.stage().name()),
                command.outcome() == null
                        ? null
                        : KebabCase.of(command.outcome().name()),
                KebabCase.of(command.mode().name()),
                command.attempts(),
                command.submittedAt(),
                command.expiresAt(),
                command.endedAt());
    }
}
