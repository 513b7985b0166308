package dev.sluice.listener;

import dev.sluice.command.OutcomeTaker;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.device.CommandDesk;
import dev.sluice.device.CommandForm;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.SluiceProperties;
import dev.sluice.log.LogException;
import dev.sluice.memory.Halt;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/** Has the desk for commands know the listeners that are declared. It opens before them, and closes behind them. */
final class CommandsLife implements SmartLifecycle, ApplicationListener<ConfigurationReloaded> {

    private static final Logger log = LoggerFactory.getLogger(CommandsLife.class);
    private static final int BETWEEN_SPOOLS_AND_LISTENERS = Integer.MAX_VALUE - 1;

    private final SluiceProperties declared;
    private final CommandDesk desk;
    private final ListenerFactory factory;
    private final Routes routes;
    private final KeptCommands kept;

    /** What each form was made of. */
    private final Map<String, List<Object>> said = new HashMap<>();

    private volatile boolean running;

    /**
     * @param declared at the start
     */
    CommandsLife(
            SluiceProperties declared, CommandDesk desk, ListenerFactory factory, Routes routes, KeptCommands kept) {
        this.declared = declared;
        this.desk = desk;
        this.factory = factory;
        this.routes = routes;
        this.kept = kept;
    }

    /**
     * @throws SpoolException if the commands of earlier runs cannot be read
     * @throws ClusterException if this process cannot be one of several
     */
    @Override
    public void start() {
        try {
            become(declared.listeners());
        } catch (LogException ex) {
            throw new SpoolException("sluice.data-directory: commands cannot be read: " + ex.getMessage(), ex);
        } catch (SpoolException ex) {
            if (declared.listeners().values().stream().anyMatch(listener -> listener.commands() != null)) {
                throw ex;
            }
            log.warn("Commands that an earlier run may have left are not looked at: {}", ex.getMessage());
        }
        running = true;
    }

    @Override
    public void onApplicationEvent(ConfigurationReloaded event) {
        try {
            become(event.running().properties().listeners());
        } catch (LogException | RuntimeException ex) {
            Halt.onOutOfMemory(ex);
            log.error("Commands cannot be sent: {}", ex.getMessage());
        }
    }

    private synchronized void become(Map<String, ListenerProperties> listeners) throws LogException {
        Map<String, CommandForm> forms = new LinkedHashMap<>();
        listeners.forEach((name, listener) -> {
            if (listener.commands() != null) {
                forms.put(name, form(name, listener));
            }
        });
        said.keySet().retainAll(forms.keySet());
        Map<String, OutcomeTaker> outcomes = new LinkedHashMap<>();
        forms.forEach((name, form) -> {
            List<String> sinks = form.properties().outcomes();
            if (!sinks.isEmpty()) {
                outcomes.put(name, new OutcomeRoute(name, sinks, form.charset(), routes));
            }
        });
        desk.become(forms, outcomes, factory::identities, kept);
    }

    private CommandForm form(String name, ListenerProperties listener) {
        List<Object> now = List.of(
                Objects.requireNonNull(listener.commands()),
                listener.identity(),
                listener.charset(),
                listener.framing());
        if (now.equals(said.put(name, now))) {
            return desk.form(name).orElseThrow();
        }
        return new CommandForm(
                name,
                Objects.requireNonNullElse(listener.identity().realm(), name),
                Objects.requireNonNull(listener.commands()),
                listener.charset(),
                listener.framing().toFraming(),
                listener.identity().twice());
    }

    @Override
    public void stop() {
        desk.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return BETWEEN_SPOOLS_AND_LISTENERS;
    }
}
