package dev.sluice.listener;

import dev.sluice.command.CommandState;
import dev.sluice.command.OutcomeTaker;
import dev.sluice.delivery.Route;
import dev.sluice.delivery.Routes;
import dev.sluice.message.Acceptance.Refusal;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;

/**
 * Puts what became of commands among the messages of their listener, from where it is delivered as these are. Safe for
 * use by any thread.
 *
 * @param sinks that it goes to
 * @param charset of the listener's text
 */
record OutcomeRoute(String listener, List<String> sinks, Charset charset, Routes routes) implements OutcomeTaker {

    @Override
    public boolean take(List<CommandState> ended) {
        Optional<Route> route = routes.find(listener);
        List<OutcomeMessage> messages = ended.stream()
                .map(command -> OutcomeMessage.of(command, sinks, charset))
                .toList();
        return route.isPresent()
                && route.get().accept(messages).failures().values().stream()
                        .allMatch(refusal -> refusal.kind() == Refusal.Kind.UNDELIVERED);
    }
}
