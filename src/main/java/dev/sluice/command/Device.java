package dev.sluice.command;

/**
 * Who is at the other end, known by its identity, which outlives connections.
 *
 * @param realm within which the identity is one device's
 * @param identity at most {@value dev.sluice.message.Origin#LONGEST_IDENTITY} visible characters
 */
public record Device(String realm, String identity) {

    @Override
    public String toString() {
        return realm + "/" + identity;
    }
}
