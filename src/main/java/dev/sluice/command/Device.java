package dev.sluice.command;

/**
 * Who is at the other end, known by its identity, which outlives connections.
 *
 * @param realm within which the identity is one device's
 * @param identity at most {@value dev.sluice.message.Origin#LONGEST_IDENTITY} visible characters
 */
public record Device(String realm, String identity) {

    /** The same in every process. */
    int hash() {
        return 31 * realm.hashCode() + identity.hashCode();
    }

    @Override
    public String toString() {
        return realm + "/" + identity;
    }
}
