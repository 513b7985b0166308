package com.example;

import dev.sluice.extension.Answer;
import dev.sluice.extension.SluiceHeaders;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.integration.ip.tcp.connection.TcpConnectionCloseEvent;
import org.springframework.messaging.handler.annotation.Header;

/** Parcel lockers that say who they are, and then which parcels they have. */
@AutoConfiguration
public class Lockers {

    @Bean
    Desk lockerDesk() {
        return new Desk();
    }

    /** Several connections call this at the same time. */
    public static class Desk {

        private static final Logger log = LoggerFactory.getLogger(Desk.class);

        /** Who is on which connection. */
        private final Map<String, String> lockers = new ConcurrentHashMap<>();

        @ServiceActivator
        public Answer take(
                String message,
                @Header(name = SluiceHeaders.IDENTITY, required = false) String locker,
                @Header(IpHeaders.CONNECTION_ID) String connection) {
            String[] words = message.split(" ");
            return switch (words[0]) {
                case "hello" -> {
                    lockers.put(connection, words[1]);
                    // Nobody has to store that somebody is there.
                    yield Answer.text("welcome " + words[1]).withIdentity(words[1]).quiet();
                }
                case "parcel" ->
                    Answer.text("stored in " + words[1]).withField("box", words[1]).withField("size", words[2]);
                case "bye" -> Answer.text("bye").quiet().closing();
                default -> throw new IllegalArgumentException("locker " + locker + " said " + words[0]);
            };
        }

        @EventListener
        public void closed(TcpConnectionCloseEvent event) {
            String locker = lockers.remove(event.getConnectionId());
            if (locker != null) {
                log.info("Locker {} of listener '{}' is gone", locker, event.getConnectionFactoryName());
            }
        }
    }
}
