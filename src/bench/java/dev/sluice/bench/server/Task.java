package dev.sluice.bench.server;

/**
 * What a load wants of a server.
 *
 * @param messageBytes of every message, LF or header included: what it takes on the wire, if that is not encrypted
 */
public record Task(Reply reply, Framing framing, int messageBytes, boolean tls) {

    /** Lines of 64 bytes. */
    public static Task lines(Reply reply) {
        return new Task(reply, Framing.LINE, 64, false);
    }

    /** A plain stream of lines, whatever their length. */
    boolean isPlainLines() {
        return framing == Framing.LINE && !tls;
    }

    /** To be sent back, or taken and forgotten, nothing more. */
    boolean isEchoOrNone() {
        return reply == Reply.ECHO || reply == Reply.NONE;
    }

    /** As one argument of a command line. */
    String argument() {
        return "%s,%s,%d,%s".formatted(reply, framing, messageBytes, tls);
    }

    static Task of(String argument) {
        String[] parts = argument.split(",");
        return new Task(
                Reply.valueOf(parts[0]),
                Framing.valueOf(parts[1]),
                Integer.parseInt(parts[2]),
                Boolean.parseBoolean(parts[3]));
    }
}
