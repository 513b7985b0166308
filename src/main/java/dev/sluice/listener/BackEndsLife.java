package dev.sluice.listener;

import dev.sluice.check.CheckException;
import dev.sluice.handler.ReplyProperties.Type;
import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.Problem;
import dev.sluice.listener.configuration.SluiceProperties;
import dev.sluice.request.BackEnds;
import java.util.List;
import org.springframework.context.SmartLifecycle;

/** Has answers of back-ends read before the first listener serves, and as long as the last one does. */
final class BackEndsLife implements SmartLifecycle {

    private static final int BEFORE_LISTENERS = Integer.MAX_VALUE - 1;

    private final SluiceProperties declared;
    private final BackEnds backEnds;
    private volatile boolean running;

    /**
     * @param declared at the start
     */
    BackEndsLife(SluiceProperties declared, BackEnds backEnds) {
        this.declared = declared;
        this.backEnds = backEnds;
    }

    /**
     * @throws ConfigurationException if the topic of answers is not what it has to be
     */
    @Override
    public void start() {
        try {
            backEnds.start(declared.listeners().values().stream()
                    .anyMatch(listener -> listener.reply().type() == Type.KAFKA));
        } catch (CheckException ex) {
            backEnds.close();
            throw new ConfigurationException(List.of(new Problem(ex.key(), ex.problem(), null)));
        }
        running = true;
    }

    @Override
    public void stop() {
        backEnds.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return BEFORE_LISTENERS;
    }
}
