package dev.sluice.management;

import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.SinkLedger;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.listener.Listeners;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.core.io.InputStreamResource;

/**
 * Shows what waits for sinks and what they would not take, and sends that, hands it out or lets go of it: {@code
 * /actuator/spools}.
 */
@Endpoint(id = "spools")
final class SpoolsEndpoint {

    private static final Logger log = LoggerFactory.getLogger(SpoolsEndpoint.class);

    private final Listeners listeners;
    private final Routes routes;

    SpoolsEndpoint(Listeners listeners, Routes routes) {
        this.listeners = listeners;
        this.routes = routes;
    }

    /**
     * @param replaying how many dead letters are sent once more
     */
    record Replay(long replaying) {}

    /**
     * @param purged how many messages or dead letters are gone
     */
    record Purge(long purged) {}

    /**
     * @param delivering how many messages that were left are being delivered now
     */
    record Deliver(long delivering) {}

    @ReadOperation
    Map<String, SpoolDescription> spools() {
        try {
            Map<String, SpoolDescription> all = new LinkedHashMap<>();
            for (DurableRoute spool : routes.spools()) {
                all.put(spool.listener(), SpoolDescription.summary(spool, !routes.isInUse(spool)));
            }
            return all;
        } catch (SpoolException ex) {
            throw unavailable(ex);
        }
    }

    /**
     * @param limit how many dead letters a page has; the oldest are shown if absent
     * @param sink for a page: of this one only
     */
    @ReadOperation
    SpoolDescription spool(
            @Selector String listener,
            @Nullable String offset,
            @Nullable String limit,
            @Nullable String sort,
            @Nullable String sink) {
        return with(listener, spool -> {
            Page page = Page.of(offset, limit, sort);
            boolean abandoned = !routes.isInUse(spool);
            if (page.isAll()) {
                return SpoolDescription.whole(spool, abandoned, charset(listener));
            }
            if (sink != null) {
                requireKnown(spool, sink);
            }
            return SpoolDescription.paged(spool, abandoned, page, sink, charset(listener));
        });
    }

    private Charset charset(String listener) {
        return listeners
                .find(listener)
                .map(found -> found.properties().charset())
                .orElse(StandardCharsets.UTF_8);
    }

    /** All that the spool has for a sink, one JSON object a line. */
    @ReadOperation(produces = "application/x-ndjson")
    InputStreamResource export(@Selector String listener, @Selector String sink) {
        return with(listener, spool -> {
            requireKnown(spool, sink);
            return SpoolExport.of(spool, sink);
        });
    }

    /**
     * @param action {@code replay}, {@code purge} or {@code deliver}
     * @param sink for replay and purge: of this one only; for deliver: what is left for this one, which the listener
     *     does not name
     *     any more
     * @param deadLetters for purge: dead letters, rather than what waits for a sink that is none any more
     * @param letters for replay and purge: these dead letters only, by their names in the list,
     *     with commas between
     * @param to for deliver: the sink that takes it; the same one if absent
     */
    @WriteOperation
    Record steer(
            SecurityContext caller,
            @Selector String listener,
            String action,
            @Nullable String sink,
            @Nullable Boolean deadLetters,
            String @Nullable [] letters,
            @Nullable String to) {
        Record done = with(listener, spool -> switch (action) {
            case "replay" -> letters == null ? replay(spool, sink) : replay(spool, LetterSelection.of(letters));
            case "purge" ->
                letters == null
                        ? purge(spool, sink, Boolean.TRUE.equals(deadLetters))
                        : new Purge(LetterSelection.of(letters).purge(spool));
            case "deliver" -> deliver(spool, sink, to == null ? sink : to);
            default -> throw Refused.badRequest("action '" + action + "' must be replay, purge or deliver");
        });
        tell(caller, listener, done);
        return done;
    }

    /** What was dropped, or sent once more, is to be found afterwards, and who wanted that. */
    private static void tell(SecurityContext caller, String listener, Record done) {
        Principal who = caller.getPrincipal();
        String user = who == null ? "" : who.getName();
        switch (done) {
            case Purge(long purged)
            when purged > 0 ->
                log.info("Listener '{}': user '{}' has dropped {} messages of its spool", listener, user, purged);
            case Replay(long replaying)
            when replaying > 0 ->
                log.info("Listener '{}': user '{}' has {} dead letters sent once more", listener, user, replaying);
            case Deliver(long delivering)
            when delivering > 0 ->
                log.info(
                        "Listener '{}': user '{}' has {} messages delivered that were left",
                        listener,
                        user,
                        delivering);
            default -> {}
        }
    }

    private static boolean isNamed(DurableRoute spool, String sink) {
        return spool.ledgers().stream().anyMatch(ledger -> ledger.sink().equals(sink));
    }

    private static void requireKnown(DurableRoute spool, String sink) {
        if (!isNamed(spool, sink) && spool.leftOvers().find(sink).isEmpty()) {
            throw unknown(spool, sink);
        }
    }

    private static Refused unknown(DurableRoute spool, String sink) {
        return Refused.notFound("the spool of listener '" + spool.listener() + "' knows no sink '" + sink + "'");
    }

    private static Replay replay(DurableRoute spool, @Nullable String sink) {
        if (sink == null) {
            return new Replay(spool.replay());
        }
        requireKnown(spool, sink);
        return new Replay(spool.replay(sink));
    }

    private static Replay replay(DurableRoute spool, LetterSelection letters) {
        letters.undelivered(spool).ifPresent(sink -> {
            throw Refused.conflict("nothing is delivered to sink '" + sink
                    + "', which the listener does not name any more. Have what is left for it delivered first, with"
                    + " \"action\": \"deliver\"");
        });
        return new Replay(letters.replay(spool));
    }

    private static Purge purge(DurableRoute spool, @Nullable String sink, boolean deadLetters) {
        if (sink == null) {
            if (!deadLetters) {
                throw Refused.badRequest("purge needs \"dead-letters\": true to drop the dead letters, or \"sink\" with"
                        + " the name of one that the listener does not name any more, to drop what waits for it");
            }
            return new Purge(spool.spool().deadLetterCounts().keySet().stream()
                    .mapToLong(spool::purgeDeadLetters)
                    .sum());
        }
        requireKnown(spool, sink);
        if (deadLetters) {
            return new Purge(spool.purgeDeadLetters(sink));
        }
        return spool.leftOvers()
                .find(sink)
                .map(ledger -> new Purge(spool.leftOvers().purge(ledger)))
                .orElseThrow(() -> Refused.conflict("listener '" + spool.listener() + "' names sink '" + sink
                        + "'. Take it out of its sinks first, or drop its dead letters alone with"
                        + " \"dead-letters\": true"));
    }

    private Deliver deliver(DurableRoute spool, @Nullable String sink, @Nullable String to) {
        if (sink == null || to == null) {
            throw Refused.badRequest("deliver needs \"sink\" with the name of one that the listener does not name any"
                    + " more, and \"to\" with that of another if it is not declared");
        }
        if (isNamed(spool, sink)) {
            throw Refused.conflict("listener '" + spool.listener() + "' names sink '" + sink
                    + "': what waits for it is being delivered");
        }
        SinkLedger ledger = spool.leftOvers().find(sink).orElseThrow(() -> unknown(spool, sink));
        // Counted before it begins, since it may have ended by the time of the answer.
        long waiting = spool.spooled(ledger);
        boolean begun = routes.deliver(spool, sink, to)
                .orElseThrow(() ->
                        Refused.notFound("there is no sink '" + to + "'. Say with \"to\" which one is to take it"));
        if (!begun) {
            throw Refused.conflict("what is left for sink '" + sink + "' is being delivered");
        }
        return new Deliver(waiting);
    }

    private <T> T with(String listener, Function<DurableRoute, T> action) {
        try {
            return routes.findSpool(listener)
                    .map(action)
                    .orElseThrow(() -> Refused.notFound(
                            listeners.find(listener).isEmpty()
                                    ? "there is no listener '" + listener + "', and no spool of that name"
                                    : "listener '" + listener
                                            + "' has no spool, since it has no sinks or delivers to them directly"));
        } catch (SpoolException ex) {
            throw unavailable(ex);
        } catch (IllegalArgumentException ex) {
            throw Refused.badRequest(ex.getMessage());
        }
    }

    private static Refused unavailable(SpoolException ex) {
        return Refused.unavailable("the spool: " + ex.getMessage());
    }
}
