package dev.sluice.listener.configuration;

import dev.sluice.check.Check;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.util.ClassUtils;

/**
 * Those of Spring Boot's own keys that are set so often, and whose mistakes it only notices half-way through a start.
 */
final class FrameworkRules {

    private static final List<String> LOG_FORMATS = List.of("ecs", "gelf", "logstash");

    private final Said said;
    private final Problems problems;

    FrameworkRules(Said said, Problems problems) {
        this.said = said;
        this.problems = problems;
    }

    void check() {
        for (String server : List.of("server", "management.server")) {
            checkPort(server + ".port");
            checkAddress(server + ".address");
            checkBundle(server + ".ssl");
        }
        if (!new ManagementPorts(said).apart()) {
            checkShared("management.server.address");
            checkShared("management.server.ssl.bundle");
        }
        checkServletPath("spring.mvc.servlet.path");
        checkServletPath("server.servlet.context-path");
        checkServletPath("management.endpoints.web.base-path");
        checkServletPath("management.server.base-path");
        checkShutdown("spring.lifecycle.timeout-per-shutdown-phase");
        checkLogFormats();
        checkTraces();
    }

    private void checkTraces() {
        String transport = "management.opentelemetry.tracing.export.otlp.transport";
        if (said.text(transport).equalsIgnoreCase("grpc")) {
            report(transport, "gRPC is not there. Leave this out, and give the endpoint of OTLP over HTTP");
        }
        String probability = "management.tracing.sampling.probability";
        String written = said.text(probability);
        try {
            double chance = said.binder().bind(probability, Double.class).orElse(0.0);
            if (!(chance >= 0 && chance <= 1)) {
                report(probability, written + " is no probability. Give a number from 0 to 1, such as 0.01");
            }
        } catch (BindException ex) {
            report(probability, UnreadableValue.describe(Double.class, written));
        }
    }

    /** Nothing can be logged before these are right. */
    void checkLogFormats() {
        checkLogFormat("logging.structured.format.console");
        checkLogFormat("logging.structured.format.file");
    }

    private void checkPort(String key) {
        String written = said.text(key);
        try {
            Integer port = said.binder().bind(key, Integer.class).orElse(null);
            if (port != null && (port < -1 || port > 65535)) {
                report(key, port + " is not a port. Give one from 1 to 65535, 0 for any free one, or -1 for none");
            }
        } catch (BindException ex) {
            report(key, UnreadableValue.describe(Integer.class, written));
        }
    }

    private void checkAddress(String key) {
        String address = said.text(key);
        if (!address.isEmpty() && !address.contains("${")) {
            try {
                InetAddress.getByName(address);
            } catch (UnknownHostException ex) {
                report(key, "'" + address + "' is neither an IP address nor a host that is known here");
            }
        }
    }

    private void checkShared(String key) {
        if (!said.text(key).isEmpty()) {
            report(key, "means nothing without a 'management.server.port' of its own. Give one, or say it of 'server'");
        }
    }

    private void checkShutdown(String key) {
        String written = said.text(key);
        Optional<String> unitless = UnreadableValue.unitless(written);
        if (unitless.isPresent()) {
            report(key, unitless.get());
            return;
        }
        try {
            Duration phase = said.binder().bind(key, Duration.class).orElse(Duration.ZERO);
            if (phase.isNegative()) {
                report(key, "is negative. Give 0 to wait for nothing");
            } else if (phase.compareTo(Check.LONGEST) > 0) {
                report(key, "is more than a hundred years");
            }
        } catch (BindException ex) {
            report(key, UnreadableValue.describe(Duration.class, written));
        }
    }

    private void checkBundle(String ssl) {
        String bundle = said.text(ssl + ".bundle");
        if (!bundle.isEmpty() && !said.text(ssl + ".enabled").equalsIgnoreCase("false")) {
            new DeclaredBundles(said).unknown(bundle).ifPresent(problem -> report(ssl + ".bundle", problem));
        }
    }

    private void checkServletPath(String key) {
        String path = said.text(key);
        if (!path.isEmpty() && !path.matches("/|(/[^/*]+)+/?")) {
            report(key, "'" + path + "' is not a path that begins with '/', such as /sluice");
        }
    }

    private void checkLogFormat(String key) {
        String format = said.text(key);
        if (!format.isEmpty() && !isLogFormat(format)) {
            report(
                    key,
                    "'" + format + "' is neither one of " + String.join(", ", LOG_FORMATS)
                            + " nor the name of a class that is there." + Nearest.suggestion(format, LOG_FORMATS));
        }
    }

    private static boolean isLogFormat(String format) {
        return LOG_FORMATS.stream().anyMatch(format::equalsIgnoreCase) || ClassUtils.isPresent(format, null);
    }

    private void report(String key, String problem) {
        problems.add(key, problem, said.origin(key));
    }
}
