package dev.sluice.listener.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** How the check and the defaults are part of a start. */
final class StartTests {

    @Test
    void theDefaultsArePartOfTheBean() {
        try (ConfigurableApplicationContext context =
                start("--sluice.defaults.timeouts.idle=1m", "--sluice.listeners.greeter.tcp.port=0")) {
            SluiceProperties sluice = context.getBean(SluiceProperties.class);

            assertThat(sluice.listeners().get("greeter").timeouts().idle()).isEqualTo(Duration.ofMinutes(1));
            assertThat(sluice).isEqualTo(SluiceBinding.bind(context.getEnvironment()));
        }
    }

    @Test
    void whatIsLeftEmptyIsAbsentFromTheBeanToo() {
        try (ConfigurableApplicationContext context = start(
                "--sluice.listeners.greeter.tcp.port=0",
                "--sluice.listeners.greeter.tcp.backlog=",
                "--sluice.listeners.greeter.limits=")) {
            SluiceProperties sluice = context.getBean(SluiceProperties.class);

            assertThat(sluice.listeners().get("greeter").tcp().backlog()).isEqualTo(128);
            assertThat(sluice.listeners().get("greeter").limits().maxConnections())
                    .isEqualTo(10_000);
        }
    }

    @Test
    void aBeanThatExistsIsFoundBeforeItIsCreated() {
        start(
                        "--sluice.listeners.greeter.tcp.port=0",
                        "--sluice.listeners.greeter.reply.type=bean",
                        "--sluice.listeners.greeter.reply.bean=orders")
                .close();
    }

    @Test
    void aBeanThatDoesNotExistEndsTheStart() {
        Throwable failure = catchThrowable(() -> start(
                "--sluice.listeners.greeter.tcp.port=0",
                "--sluice.listeners.greeter.reply.type=bean",
                "--sluice.listeners.greeter.reply.bean=oders"));

        assertThat(failure)
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("sluice.listeners.greeter.reply.bean: there is no bean 'oders'. Did you mean 'orders'?"
                        + " (command line: --sluice.listeners.greeter.reply.bean)");
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Beans.class)
                .web(WebApplicationType.NONE)
                .properties("spring.config.location=optional:file:target/none/", "spring.main.banner-mode=off")
                .run(arguments);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(SluiceProperties.class)
    @Import(SluiceBinding.class)
    static class Beans {

        @Bean
        Object orders() {
            return new Object();
        }
    }
}
