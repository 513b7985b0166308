package dev.sluice.listener.configuration;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Ends a start whose configuration is wrong: before there is a bean, and for beans by name once they are all defined.
 */
final class ConfigurationCheckInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurationCheck.require(context.getEnvironment());
        context.addBeanFactoryPostProcessor(beans -> BeanCheck.require(context.getEnvironment(), beans));
    }
}
