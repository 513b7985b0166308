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
    private final Map<String, Listener> listeners = Collections.synchronizedMap(new LinkedHashMap<>());
    private volatile boolean running;

    Listeners(Map<String, ListenerProperties> declared, ListenerFactory factory) {
        this.declared = declared;
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
        declared.forEach((name, properties) -> listeners.computeIfAbsent(name, n -> factory.create(n, properties)));
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
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture.allOf(all().stream()
                            .map(listener -> CompletableFuture.runAsync(listener::stop, threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }
        running = false;
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
