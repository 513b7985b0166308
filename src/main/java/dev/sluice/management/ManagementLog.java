package dev.sluice.management;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** Says at the start where management is, as a listener says where it is. */
final class ManagementLog implements ApplicationListener<WebServerInitializedEvent> {

    private static final Logger log = LoggerFactory.getLogger(ManagementLog.class);

    private final ServerProperties server;
    private final @Nullable ManagementServerProperties management;

    /**
     * @param management of a port of its own; null if it has none
     */
    ManagementLog(ServerProperties server, @Nullable ManagementServerProperties management) {
        this.server = server;
        this.management = management;
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        int port = event.getWebServer().getPort();
        if (management == null) {
            say("Management", server.getSsl(), server.getAddress(), port);
        } else if ("management".equals(event.getApplicationContext().getServerNamespace())) {
            say("Management", management.getSsl(), management.getAddress(), port);
        } else {
            say("Web server", server.getSsl(), server.getAddress(), port);
        }
    }

    private static void say(String what, @Nullable Ssl ssl, @Nullable InetAddress address, int port) {
        log.info(
                "{}: {} {} port {}",
                what,
                Ssl.isEnabled(ssl) ? "https" : "http",
                address == null ? "0.0.0.0" : address.getHostAddress(),
                port);
    }
}
