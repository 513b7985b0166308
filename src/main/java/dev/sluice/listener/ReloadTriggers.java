package dev.sluice.listener;

import dev.sluice.listener.Reload.Request;
import dev.sluice.listener.configuration.ConfigurationSnapshot;
import dev.sluice.listener.configuration.ConfigurationWatch;
import dev.sluice.memory.Halt;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Asks for a reload on SIGHUP, and when the files have changed if the operator wants them watched. Starts behind the
 * listeners and stops before them.
 */
final class ReloadTriggers implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ReloadTriggers.class);
    /** How often it is asked whether files are to be watched, while they are not. */
    private static final Duration UNWATCHED = Duration.ofSeconds(5);

    private final Reload reload;
    private volatile @Nullable Thread watching;

    ReloadTriggers(Reload reload) {
        this.reload = reload;
    }

    @Override
    public void start() {
        HangUp.does(() -> reload.run(Request.by("SIGHUP")));
        // It ends when it is not this one any more, so that it starts once it is.
        Thread thread = Thread.ofVirtual().name("configuration-watch").unstarted(this::watch);
        watching = thread;
        thread.start();
    }

    /** Another content is applied once it has been there for one interval; one that was refused is not tried again. */
    private void watch() {
        ConfigurationWatch watch = new ConfigurationWatch();
        while (isRunning()) {
            ConfigurationSnapshot running = reload.running();
            Duration every = running.properties().reload().watch();
            try {
                Thread.sleep(every.isZero() ? UNWATCHED : every);
                if (!every.isZero() && watch.isSettled(running)) {
                    reload.run(Request.by("watch"));
                }
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error ex) {
                Halt.onOutOfMemory(ex);
                log.warn("The configuration is watched on, though that failed: {}", ex.toString());
            }
        }
    }

    @Override
    public void stop() {
        HangUp.does(() -> log.warn("SIGHUP is ignored: the program ends"));
        Thread thread = watching;
        watching = null;
        if (thread != null) {
            thread.interrupt();
        }
        reload.close();
    }

    @Override
    public boolean isRunning() {
        return watching != null;
    }
}
