package dev.sluice.listener.configuration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Makes {@link SluiceProperties} of an environment: at a start as a bean, at a reload by a call, both in the same way.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
public class SluiceBinding {

    SluiceBinding() {}

    /**
     * @param environment that has been read, with {@link ListenerDefaults} applied and nothing found wrong
     */
    public static SluiceProperties bind(ConfigurableEnvironment environment) {
        return Binder.get(environment)
                .bindOrCreate(
                        "sluice", Bindable.of(SluiceProperties.class), new ListenersBindHandler(BindHandler.DEFAULT));
    }

    @Bean
    static ConfigurationPropertiesBindHandlerAdvisor listenersBindHandlerAdvisor() {
        return ListenersBindHandler::new;
    }
}
