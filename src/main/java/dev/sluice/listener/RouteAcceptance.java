package dev.sluice.listener;

import dev.sluice.delivery.Route;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Acceptance;
import dev.sluice.transport.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands what a transport received over to the listener's route. */
final class RouteAcceptance implements Acceptance {

    private final Route route;
    private final boolean answersFirst;

    RouteAcceptance(Route route, boolean answersFirst) {
        this.route = route;
        this.answersFirst = answersFirst;
    }

    @Override
    public @Nullable Refused @Nullable [] accept(List<ReceivedMessage> messages) {
        Route.@Nullable Refusal @Nullable [] refusals = route.accept(messages);
        if (refusals == null) {
            return null;
        }
        @Nullable Refused[] refused = new Refused[refusals.length];
        for (int i = 0; i < refusals.length; i++) {
            Route.Refusal refusal = refusals[i];
            refused[i] = refusal == null ? null : refused(refusal);
        }
        return refused;
    }

    private static Refused refused(Route.Refusal refusal) {
        return switch (refusal.kind()) {
            case FAILED -> new Refused(refusal.reason(), false, null);
            case DROPPED -> new Refused(refusal.reason(), false, Reason.Dropped.SPOOL_FULL);
            case INTERRUPTED -> new Refused(refusal.reason(), false, Reason.Dropped.CLOSED);
            case UNDELIVERED -> new Refused(refusal.reason(), true, null);
        };
    }

    @Override
    public boolean answersFirst() {
        return answersFirst;
    }
}
