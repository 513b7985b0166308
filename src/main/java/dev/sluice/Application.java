package dev.sluice;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * One jar: the service, or a command if the first argument names one. Whatever else stands there, {@code --server.port=0}
 * say, is Spring's.
 */
@SpringBootApplication
public class Application {

    public static void main(String[] args) {
        if (args.length > 0 && Commands.NAMES.contains(args[0])) {
            System.exit(Commands.run(args));
        }
        SpringApplication.run(Application.class, args);
    }
}
