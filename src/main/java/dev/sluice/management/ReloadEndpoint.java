package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.listener.Reload;
import dev.sluice.listener.Reload.Request;
import dev.sluice.listener.Reload.Result;
import dev.sluice.listener.Reload.Status;
import dev.sluice.listener.ReloadHistory;
import dev.sluice.listener.configuration.ConfigurationPlan;
import dev.sluice.listener.configuration.ConfigurationPlan.Changed;
import dev.sluice.listener.configuration.ConfigurationPlan.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.HttpStatus;

/** Reads the configuration again and applies what differs: {@code /actuator/reload}. */
@Endpoint(id = "reload")
final class ReloadEndpoint {

    private final Reload reload;
    private final Listeners listeners;

    ReloadEndpoint(Reload reload, Listeners listeners) {
        this.reload = reload;
        this.listeners = listeners;
    }

    /**
     * What runs.
     *
     * @param state {@code applied}, {@code changed} where the files say something else by now, or {@code refused} where
     *     what they say could not be applied
     * @param since when it was applied
     * @param by whom
     * @param history the last ones that were asked for, the last one first
     */
    record Running(String state, Instant since, String by, String fingerprint, List<Past> history) {}

    record Past(Instant at, String by, String outcome, String summary, List<String> problems) {}

    /**
     * What differs, and what becomes of it.
     *
     * @param overridden keys of which a file's word does not count
     * @param gap listeners whose port is not served for a moment
     */
    record Planned(
            String outcome,
            String fingerprint,
            Map<String, Part> listeners,
            Map<String, Part> sinks,
            List<Word> others,
            List<String> overridden,
            List<String> gap) {}

    record Part(String change, List<Word> keys) {}

    /**
     * A key that differs.
     *
     * @param connections how many open ones feel it; null where that does not apply
     */
    record Word(
            String key,
            @Nullable String old,
            @Nullable String now,
            String effect,
            @Nullable Integer connections) {}

    record Invalid(List<String> problems) {}

    record NotApplied(String error, @Nullable String fingerprint, List<String> keys) {}

    @ReadOperation
    Running running() {
        ReloadHistory history = reload.history();
        ReloadHistory.Entry applied = history.applied();
        boolean same = reload.running().fingerprintNow().equals(reload.running().fingerprint());
        return new Running(
                same ? "applied" : history.lastSucceeded() ? "changed" : "refused",
                applied.at(),
                applied.by(),
                reload.running().fingerprint(),
                history.entries().stream()
                        .map(entry -> new Past(
                                entry.at(), entry.by(), text(entry.status()), entry.summary(), entry.problems()))
                        .toList());
    }

    /**
     * @param dryRun whether only to say what would change
     * @param expect the fingerprint of the only plan to apply; null for whatever differs
     * @param drain how long connections have whose framing changed to end between two frames; null if they may stay
     */
    @WriteOperation
    WebEndpointResponse<Object> reload(
            SecurityContext caller, @Nullable Boolean dryRun, @Nullable String expect, @Nullable String drain) {
        Duration within = drain == null ? null : WrittenDuration.of("drain", drain);
        String by = caller.getPrincipal() == null
                ? "http"
                : "http " + caller.getPrincipal().getName();
        return answer(reload.run(new Request(by, Boolean.TRUE.equals(dryRun), expect, within)));
    }

    private WebEndpointResponse<Object> answer(Result result) {
        ConfigurationPlan plan = result.plan();
        String problem = String.join("; ", result.problems());
        return switch (result.status()) {
            case INVALID ->
                new WebEndpointResponse<>(new Invalid(result.problems()), HttpStatus.UNPROCESSABLE_CONTENT.value());
            case NEEDS_START ->
                new WebEndpointResponse<>(
                        new NotApplied(
                                problem,
                                null,
                                plan == null
                                        ? List.of()
                                        : plan.onStart().stream().map(Key::key).toList()),
                        HttpStatus.CONFLICT.value());
            case UNEXPECTED ->
                new WebEndpointResponse<>(
                        new NotApplied(problem, plan == null ? null : plan.fingerprint(), List.of()),
                        HttpStatus.PRECONDITION_FAILED.value());
            case FAILED ->
                new WebEndpointResponse<>(new NotApplied(problem, null, List.of()), HttpStatus.CONFLICT.value());
            case APPLIED, UNCHANGED, PLANNED -> new WebEndpointResponse<>(planned(result, plan));
        };
    }

    private @Nullable Planned planned(Result result, @Nullable ConfigurationPlan plan) {
        return plan == null
                ? null
                : new Planned(
                        text(result.status()),
                        plan.fingerprint(),
                        parts(plan.listeners(), result),
                        parts(plan.sinks(), result),
                        plan.others().stream().map(key -> word(key, null)).toList(),
                        plan.overridden(),
                        result.gaps());
    }

    private Map<String, Part> parts(Map<String, Changed> changed, Result result) {
        Map<String, Part> parts = new LinkedHashMap<>();
        changed.forEach((name, one) -> parts.put(
                name,
                new Part(
                        one.change().name().toLowerCase(Locale.ROOT),
                        one.keys().stream()
                                .map(key -> word(key, connections(name, key, result)))
                                .toList())));
        return parts;
    }

    private static Word word(Key key, @Nullable Integer connections) {
        return new Word(key.key(), key.before(), key.after(), key.effect().text(), connections);
    }

    private @Nullable Integer connections(String name, Key key, Result result) {
        if (!key.key().startsWith("sluice.listeners.")) {
            return null;
        }
        return switch (key.effect()) {
            case ACCESS -> result.closes().getOrDefault(name, 0);
            case AT_ONCE, NEXT_FRAME, NEXT_READ, REPLACED ->
                listeners.find(name).map(ReloadEndpoint::open).orElse(0);
            default -> 0;
        };
    }

    private static int open(Listener listener) {
        return listener.transport().connections().size();
    }

    private static String text(Status status) {
        return switch (status) {
            case INVALID, NEEDS_START, UNEXPECTED -> "refused";
            default -> status.name().toLowerCase(Locale.ROOT);
        };
    }
}
