package dev.sluice.listener;

import dev.sluice.delivery.DeclaredRoutes;
import dev.sluice.delivery.Routes;
import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.ConfigurationPlan;
import dev.sluice.listener.configuration.ConfigurationSnapshot;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.Problem;
import dev.sluice.memory.Halt;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Reads the configuration again, and has the program run by it: what did not change is left alone. Of what is wrong in
 * the files nothing is applied, and what fails while it is applied is taken back.
 *
 * <p>Safe for use by any thread; one at a time reads and applies.
 */
public final class Reload {

    private static final Logger log = LoggerFactory.getLogger(Reload.class);

    private final Listeners listeners;
    private final ListenerFactory factory;
    private final Routes routes;
    private final Function<ConfigurationSnapshot, DeclaredRoutes> declarations;
    private final ConfigurableListableBeanFactory beans;
    private final VettedSslBundles bundles;
    private final ApplicationEventPublisher events;
    private final ReloadHistory history = new ReloadHistory();
    private volatile ConfigurationSnapshot running;
    private volatile boolean closed;

    /**
     * @param running of the start
     * @param declarations what a configuration says of the ways of messages
     */
    Reload(
            ConfigurationSnapshot running,
            Listeners listeners,
            ListenerFactory factory,
            Routes routes,
            Function<ConfigurationSnapshot, DeclaredRoutes> declarations,
            ConfigurableListableBeanFactory beans,
            ApplicationEventPublisher events) {
        this.running = running;
        this.listeners = listeners;
        this.factory = factory;
        this.routes = routes;
        this.declarations = declarations;
        this.beans = beans;
        this.bundles = beans.getBean(VettedSslBundles.class);
        this.events = events;
    }

    /**
     * What is asked.
     *
     * @param by whom, for people to read
     * @param dryRun whether only to say what would change
     * @param expect the fingerprint of the only plan to apply; null for whatever differs
     * @param drain how long connections have whose framing changed to end between two frames; null if they may stay
     */
    public record Request(
            String by,
            boolean dryRun,
            @Nullable String expect,
            @Nullable Duration drain) {

        /** Asks for all that differs. */
        public static Request by(String whom) {
            return new Request(whom, false, null, null);
        }
    }

    /** What became of a request. */
    public enum Status {
        APPLIED,
        UNCHANGED,
        PLANNED,
        /** Something in the files is wrong. */
        INVALID,
        /** Something changed that only a start can change. */
        NEEDS_START,
        /** Another plan was expected. */
        UNEXPECTED,
        /** It could not be applied, and has been taken back. */
        FAILED
    }

    /**
     * What became of a request.
     *
     * @param plan what differs; null if the files could not be read
     * @param gaps listeners whose port is not served for a moment
     * @param closes by listener, how many open connections are not admitted any more
     * @param problems lines for people; none if all went well
     */
    public record Result(
            Status status,
            @Nullable ConfigurationPlan plan,
            List<String> gaps,
            Map<String, Integer> closes,
            List<String> problems) {

        static Result of(Status status, @Nullable ConfigurationPlan plan, String... problems) {
            return of(status, plan, List.of(problems));
        }

        static Result of(Status status, @Nullable ConfigurationPlan plan, List<String> problems) {
            return new Result(status, plan, List.of(), Map.of(), problems);
        }
    }

    /** What the program runs by. */
    public ConfigurationSnapshot running() {
        return running;
    }

    /** Waits for one that is under way; none is done any more. */
    void close() {
        closed = true;
        synchronized (this) {
            // Whoever reads or applies has come to his end.
        }
    }

    /** What became of earlier requests. */
    public ReloadHistory history() {
        return history;
    }

    /** Does what is asked, one request at a time. */
    public synchronized Result run(Request request) {
        Thread caller = Thread.currentThread();
        ClassLoader callers = caller.getContextClassLoader();
        try {
            // That of a signal's thread does not see what is in the jar, by which Spring Boot reads files.
            caller.setContextClassLoader(Reload.class.getClassLoader());
            Result result = reload(request);
            if (!request.dryRun() && result.status() != Status.UNEXPECTED) {
                history.add(request.by(), result);
                tell(request, result);
            }
            return result;
        } finally {
            caller.setContextClassLoader(callers);
        }
    }

    private static void tell(Request request, Result result) {
        switch (result.status()) {
            case APPLIED -> log.info("Configuration reloaded by {}: {}", request.by(), ReloadHistory.summary(result));
            case UNCHANGED -> log.info("Configuration read again by {}: nothing has changed", request.by());
            default ->
                log.error(
                        "Configuration not reloaded, as asked by {}; what ran before goes on: {}",
                        request.by(),
                        String.join("; ", result.problems()));
        }
    }

    private Result reload(Request request) {
        if (closed) {
            return Result.of(Status.FAILED, null, "the program ends");
        }
        ConfigurationSnapshot next;
        try {
            next = running.readAgain(beans);
        } catch (ConfigurationException ex) {
            return invalid(null, ex);
        }
        ConfigurationPlan plan = ConfigurationPlan.between(running, next);
        if (request.expect() != null && !request.expect().equals(plan.fingerprint())) {
            return Result.of(
                    Status.UNEXPECTED, plan, "what differs now is another plan than '" + request.expect() + "'");
        }
        if (!plan.onStart().isEmpty()) {
            return Result.of(
                    Status.NEEDS_START,
                    plan,
                    plan.onStart().stream()
                            .map(key -> key.key() + ": changes only at a start. Restart, or take the change back")
                            .toList());
        }
        if (plan.isEmpty()) {
            running = next;
            return Result.of(Status.UNCHANGED, plan);
        }
        return apply(request, next, plan);
    }

    private Result apply(Request request, ConfigurationSnapshot next, ConfigurationPlan plan) {
        Result result;
        try (BundlesChange ofBundles = new BundlesChange(bundles, next, plan)) {
            ofBundles.requireUsable(next);
            result = ofBundles.preparing(() -> change(request, next, plan, ofBundles));
        } catch (ConfigurationException ex) {
            return invalid(plan, ex);
        } catch (IOException ex) {
            return Result.of(Status.FAILED, plan, String.valueOf(ex.getMessage()));
        } catch (RuntimeException ex) {
            Halt.onOutOfMemory(ex);
            log.debug("A reload failed", ex);
            return Result.of(Status.FAILED, plan, String.valueOf(ex.getMessage()));
        }
        if (result.status() == Status.PLANNED) {
            return result;
        }
        if (request.drain() != null) {
            endOldFraming(request.drain(), plan);
        }
        events.publishEvent(new ConfigurationReloaded(this, plan));
        return result;
    }

    private Result change(Request request, ConfigurationSnapshot next, ConfigurationPlan plan, BundlesChange ofBundles)
            throws IOException {
        ListenersChange change = new ListenersChange(
                listeners, factory, routes, declarations.apply(next), running.properties(), next.properties(), plan);
        Status status = request.dryRun() ? Status.PLANNED : Status.APPLIED;
        Result result = new Result(status, plan, change.gaps(), closes(next, plan), List.of());
        if (request.dryRun()) {
            change.forget();
            return result;
        }
        try {
            change.commit();
        } catch (IOException | RuntimeException ex) {
            ofBundles.undo();
            throw ex;
        }
        ofBundles.commit();
        running = next;
        change.retire();
        return result;
    }

    private Map<String, Integer> closes(ConfigurationSnapshot next, ConfigurationPlan plan) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Listener listener : listeners.all()) {
            ListenerProperties declared = next.properties().listeners().get(listener.name());
            if (declared != null && plan.listeners().containsKey(listener.name())) {
                int count = listener.transport().notAdmitted(declared.access());
                if (count > 0) {
                    counts.put(listener.name(), count);
                }
            }
        }
        return counts;
    }

    private void endOldFraming(Duration within, ConfigurationPlan plan) {
        plan.listeners().forEach((name, changed) -> {
            if (changed.keys().stream()
                    .anyMatch(key -> key.key().startsWith("sluice.listeners." + name + ".framing."))) {
                listeners.find(name).ifPresent(listener -> listener.transport().endOutdated(within));
            }
        });
    }

    private static Result invalid(@Nullable ConfigurationPlan plan, ConfigurationException ex) {
        return Result.of(
                Status.INVALID,
                plan,
                ex.problems().stream().map(Problem::toString).toList());
    }
}
