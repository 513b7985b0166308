package dev.sluice;

import dev.sluice.extension.Answer;
import dev.sluice.listener.HangUp;
import dev.sluice.memory.Halt;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * One jar: it runs a command if the first argument is a word, else the service. Options such as
 * {@code --server.port=0} are Spring's.
 *
 * <p>Its parts are listed in {@code META-INF/spring}, as those of an extension are: looking for them through all
 * classes would take a tenth of the start. Spring Boot looks for some things itself, such as mixins of Jackson: in one
 * small package that is named here, and not in all.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@AutoConfigurationPackage(basePackageClasses = Answer.class)
public class Application {

    public static void main(String[] args) {
        if (Commands.asked(args)) {
            System.exit(Commands.run(args));
        }
        // The JVM would print the exception as it is, whatever a peer may have put into its text.
        Halt.prepare();
        Thread.setDefaultUncaughtExceptionHandler((thread, ex) -> {
            Halt.onOutOfMemory(ex);
            LoggerFactory.getLogger(Application.class).error("Thread '{}' has ended", thread.getName(), ex);
        });
        HangUp.handle();
        try {
            SpringApplication.run(Application.class, args);
        } catch (IllegalStateException ex) {
            Halt.onOutOfMemory(ex);
            if (!(ex.getCause() instanceof Error)) {
                throw ex;
            }
            System.exit(1); // reported already; what Spring Boot wraps an error in would be reported once more
        }
    }
}
