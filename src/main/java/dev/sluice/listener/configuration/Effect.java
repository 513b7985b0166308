package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Set;

/** When a changed key of a listener counts, and for whom. */
public enum Effect {
    /** Open connections feel it with their next read. */
    AT_ONCE("at once"),
    ACCESS("at once; connections that are not admitted any more are closed"),
    NEXT_FRAME("from the next frame"),
    NEXT_READ("from the next read; the spool is delivered until it is empty"),
    NEW_CONNECTIONS("new connections only"),
    PORT("a new port; open connections stay"),
    DATAGRAM_PORT("a new socket; what the old one holds is read first"),
    DEVICES("devices that are added are dialled, those that are gone are let go"),
    STARTED("the listener is started, or stopped"),
    REPLACED("the listener is removed and added"),
    /** It belongs to no listener. */
    APPLIED("applied"),
    ON_START("only at a start");

    private static final Set<String> OF_FRAMES = Set.of("max-size", "on-oversize", "on-mismatch");
    private static final Set<String> OF_PORT = Set.of("address", "port", "backlog");

    private final String text;

    Effect(String text) {
        this.text = text;
    }

    /** Returns it in words that people read. */
    public String text() {
        return text;
    }

    /**
     * Returns that of a key.
     *
     * @param path below the listener's name
     */
    static Effect of(List<String> path) {
        String key = path.size() > 1 ? path.get(1) : "";
        return switch (path.getFirst()) {
            case "enabled" -> STARTED;
            case "access" -> ACCESS;
            case "charset", "commands" -> NEXT_FRAME;
            case "reply" -> key.equals("type") || key.equals("bean") ? NEXT_FRAME : AT_ONCE;
            case "framing" -> OF_FRAMES.contains(key) ? NEXT_FRAME : NEW_CONNECTIONS;
            case "delivery" -> key.equals("mode") ? NEXT_READ : AT_ONCE;
            case "tcp" -> OF_PORT.contains(key) ? PORT : key.startsWith("connect") ? DEVICES : NEW_CONNECTIONS;
            case "udp" -> DATAGRAM_PORT;
            default -> AT_ONCE;
        };
    }
}
