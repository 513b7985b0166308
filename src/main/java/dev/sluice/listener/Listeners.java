package dev.sluice.listener;

import dev.sluice.listener.configuration.ListenerProperties;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * All listeners. Starts last, once whatever handles messages is there, and stops first; those that stop do so side by
 * side, so that the longest drain is all that a shutdown waits for.
 */
public final class Listeners implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private final ListenerFactory factory;
    private final Map<String, ListenerProperties> declared;
    private final ListenerFactory.Surroundings around;
    private final Map<String, Listener> listeners = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Map<String, Thread> leaving = new ConcurrentHashMap<>();
    private volatile boolean running;

    /**
     * @param declared those of a start
     * @param around what they need besides
     */
    Listeners(Map<String, ListenerProperties> declared, ListenerFactory.Surroundings around, ListenerFactory factory) {
        this.declared = declared;
        this.around = around;
        this.factory = factory;
    }

    public Collection<Listener> all() {
        synchronized (listeners) {
            return List.copyOf(listeners.values());
        }
    }

    public Optional<Listener> find(String name) {
        return Optional.ofNullable(listeners.get(name));
    }

    /** Has these from now on, in this order. At no moment is one missing that stays. */
    void become(Map<String, Listener> others) {
        synchronized (listeners) {
            listeners.keySet().retainAll(others.keySet());
            listeners.putAll(others);
        }
    }

    /**
     * Removes some in the background, once they have drained.
     *
     * @param then is done behind that
     */
    void leave(Collection<Listener> some, Runnable then) {
        Thread thread = Thread.ofVirtual().name("listeners-leave").unstarted(() -> {
            try {
                stop(some);
                some.forEach(Listener::remove);
            } finally {
                some.forEach(listener -> leaving.remove(listener.name()));
                then.run();
            }
        });
        some.forEach(listener -> leaving.put(listener.name(), thread));
        thread.start();
    }

    /** Waits until nobody of these names leaves any more. */
    void awaitGone(Collection<String> names) {
        for (String name : names) {
            Thread thread = leaving.get(name);
            if (thread != null) {
                join(thread);
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Starts those that are enabled.
     *
     * @throws ListenersFailedException if any could not, naming each; the others are stopped again
     */
    @Override
    public void start() {
        if (running) {
            return;
        }
        if (declared.isEmpty()) {
            log.warn(
                    "No listener is declared under 'sluice.listeners'; config/application.yml is looked for in {}",
                    Path.of("").toAbsolutePath());
        }
        declared.forEach(
                (name, properties) -> listeners.computeIfAbsent(name, n -> factory.create(n, properties, around)));
        List<ListenerException> failures = new ArrayList<>();
        for (Listener listener : all()) {
            try {
                if (listener.properties().enabled()) {
                    listener.start();
                }
            } catch (ListenerException ex) {
                failures.add(ex);
            }
        }
        running = true;
        if (!failures.isEmpty()) {
            stop();
            throw new ListenersFailedException(failures);
        }
    }

    @Override
    public void stop() {
        stop(all());
        leaving.values().forEach(Listeners::join);
        running = false;
    }

    private static void stop(Collection<Listener> some) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(some.stream()
                            .map(listener -> CompletableFuture.runAsync(listener::stop, threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }
    }

    @Override
    public void stop(Runnable callback) {
        Thread.ofVirtual().name("listeners-stop").start(() -> {
            try {
                stop();
            } finally {
                callback.run();
            }
        });
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
