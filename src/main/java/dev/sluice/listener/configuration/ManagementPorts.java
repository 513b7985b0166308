package dev.sluice.listener.configuration;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.origin.Origin;

/** The ports that Sluice is managed by, over HTTP. */
final class ManagementPorts {

    private static final int DEFAULT = 8080;

    /**
     * One of them.
     *
     * @param owner in words, with where it was written
     * @param address a literal or a name
     */
    record Port(String owner, String address, int number) {}

    private final Said said;

    ManagementPorts(Said said) {
        this.said = said;
    }

    /** None if there is no web server or it takes any free port; two if the endpoints have one of their own. */
    List<Port> all() {
        List<Port> ports = new ArrayList<>();
        if (!said.text("spring.main.web-application-type").equalsIgnoreCase("none")) {
            ports.add(port("server", DEFAULT));
            ports.add(port("management.server", 0));
        }
        return ports.stream().filter(port -> port.number() > 0).toList();
    }

    /**
     * Whether the endpoints have a port beside the server's, and so may have an address and a certificate of their own.
     */
    boolean apart() {
        String management = said.text("management.server.port");
        return management.equals("0")
                || !management.isEmpty() && number("management.server.port", 0) != number("server.port", DEFAULT);
    }

    private Port port(String section, int otherwise) {
        String key = section + ".port";
        Origin origin = said.origin(key);
        String address = said.text(section + ".address");
        return new Port(
                "the HTTP server, '" + key + "'" + (origin == null ? "" : " (" + Place.of(origin) + ")"),
                address.isEmpty() ? "0.0.0.0" : address,
                number(key, otherwise));
    }

    /** One that cannot be read is reported by itself. */
    private int number(String key, int otherwise) {
        try {
            return said.binder().bind(key, Integer.class).orElse(otherwise);
        } catch (BindException ex) {
            return otherwise;
        }
    }
}
