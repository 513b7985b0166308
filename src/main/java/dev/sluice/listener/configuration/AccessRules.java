package dev.sluice.listener.configuration;

/**
 * Whom a listener, or by default each of them, serves. An allow-list that is not there, or plainly {@code []}, serves
 * everybody; one that has come out empty, as {@code ${RANGES:}} does where nothing is set, was meant to serve few.
 */
final class AccessRules {

    private static final String ALLOW = "access.allow";

    private final Declared<ListenerProperties> listener;

    AccessRules(Declared<ListenerProperties> listener) {
        this.listener = listener;
    }

    void check() {
        if (listener.says(ALLOW)
                && !isPlainlyEmpty()
                && listener.properties().access().allow().isEmpty()) {
            listener.reportMissing(
                    ALLOW,
                    "has come out empty, so that everybody would be served. Give addresses or ranges, such as"
                            + " 10.0.0.0/8; to serve everybody remove it, or write []");
        }
    }

    /** In YAML: an empty variable, or a file of a configuration tree, is one that somebody forgot. */
    private boolean isPlainlyEmpty() {
        return listener.at(ALLOW)
                .filter(said -> said.isEmpty() && said.value() instanceof String && Place.isFile(said.origin()))
                .isPresent();
    }
}
