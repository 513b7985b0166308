package dev.sluice.delivery;

import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.delivery.spool.SqliteSpool;
import dev.sluice.sink.Sink;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The routes of all listeners that have sinks. They are there before the first listener starts, whether it does or not, since
 * an earlier run may have left something to deliver; and they end after the last has stopped.
 */
public final class Routes implements SmartLifecycle {

    /** Before the listeners, which come last. */
    public static final int PHASE = DEFAULT_PHASE - 1;

    private final Path directory;
    private final Function<String, Sink> sinkFactory;
    private final List<Declaration> declarations;
    private final Map<String, Sink> sinks = new LinkedHashMap<>();
    private final Map<String, Route> routes = Collections.synchronizedMap(new LinkedHashMap<>());
    private @Nullable DataDirectory dataDirectory;
    private volatile boolean running;

    /**
     * The route of a listener as its owner declared it.
     *
     * @param sinks names, at least one
     * @param untilDelivered whether peers wait until every sink has their messages
     * @param charset of text in its messages
     */
    public record Declaration(
            String listener,
            List<String> sinks,
            DeliveryProperties properties,
            boolean untilDelivered,
            Charset charset) {}

    /**
     * @param directory of the spools
     * @param sinkFactory makes the sink of a name
     */
    public Routes(Path directory, Function<String, Sink> sinkFactory, List<Declaration> declarations) {
        this.directory = directory;
        this.sinkFactory = sinkFactory;
        this.declarations = declarations;
    }

    /** Of a listener; nothing if it has no sinks. */
    public Optional<Route> find(String listener) {
        return Optional.ofNullable(routes.get(listener));
    }

    public Collection<Route> all() {
        synchronized (routes) {
            return List.copyOf(routes.values());
        }
    }

    /**
     * Opens the spools and begins to deliver.
     *
     * @throws dev.sluice.delivery.spool.SpoolException if a spool, or the directory, cannot be opened
     */
    @Override
    public void start() {
        if (running) {
            return;
        }
        running = true;
        try {
            declarations.forEach(declaration -> routes.put(declaration.listener(), open(declaration)));
        } catch (RuntimeException ex) {
            stop();
            throw ex;
        }
    }

    private Route open(Declaration declaration) {
        Map<String, Sink> own = new LinkedHashMap<>();
        declaration
                .sinks()
                .forEach(name -> own.put(
                        name, SinkInCharset.of(sinks.computeIfAbsent(name, sinkFactory), declaration.charset())));
        if (declaration.properties().mode() == Mode.DIRECT) {
            return new DirectRoute(declaration.listener(), own);
        }
        DataDirectory opened = dataDirectory;
        if (opened == null) {
            opened = DataDirectory.open(directory);
            dataDirectory = opened;
        }
        SqliteSpool spool = SqliteSpool.open(
                opened.lock(),
                declaration.listener(),
                declaration.sinks(),
                declaration.properties().maxSpoolSize().toBytes());
        return new DurableRoute(
                declaration.listener(), own, declaration.properties(), spool, declaration.untilDelivered());
    }

    @Override
    public void stop() {
        // All at once: each may have to wait for a send that its sink does not answer.
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            all().forEach(route -> threads.execute(route::close));
        }
        routes.clear();
        sinks.values().forEach(Sink::close);
        sinks.clear();
        DataDirectory opened = dataDirectory;
        if (opened != null) {
            dataDirectory = null;
            opened.close();
        }
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
