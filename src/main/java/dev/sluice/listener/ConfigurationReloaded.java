package dev.sluice.listener;

import dev.sluice.listener.configuration.ConfigurationPlan;
import dev.sluice.listener.configuration.ConfigurationSnapshot;
import org.springframework.context.ApplicationEvent;

/** The configuration is another now. Published by the thread that has applied it. */
public final class ConfigurationReloaded extends ApplicationEvent {

    private static final long serialVersionUID = 1L;

    private final transient ConfigurationPlan plan;
    private final transient ConfigurationSnapshot running;

    ConfigurationReloaded(Reload source, ConfigurationPlan plan) {
        super(source);
        this.plan = plan;
        this.running = source.running();
    }

    /** What runs now. */
    public ConfigurationSnapshot running() {
        return running;
    }

    /** What has changed. */
    public ConfigurationPlan plan() {
        return plan;
    }
}
