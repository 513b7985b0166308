package dev.sluice;

import dev.sluice.listener.CheckCommand;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import picocli.CommandLine;

@SpringBootApplication
public class Application {
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("check")) {
            System.exit(new CommandLine(new CheckCommand()).execute(Arrays.copyOfRange(args, 1, args.length)));
        }
        SpringApplication.run(Application.class, args);
    }
}
