package dev.sluice.listener.configuration;

import dev.sluice.sink.Credentials;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with the configuration; as a string it is one line.
 *
 * @param key in full, as {@code sluice.listeners.greeter.tcp.port}
 * @param message what is wrong and what would be right
 * @param place where it was written, as {@code config/application.yml:12}; null if nobody wrote it anywhere
 */
public record Problem(String key, String message, @Nullable String place) {

    /** Whatever it quotes, it quotes without credentials. */
    public Problem {
        message = Credentials.hidden(message);
    }

    @Override
    public String toString() {
        return key + ": " + message + (place != null ? " (" + place + ")" : "");
    }
}
