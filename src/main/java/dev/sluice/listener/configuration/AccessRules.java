package dev.sluice.listener.configuration;

import dev.sluice.listener.ListenerProperties;

/**
 * Whom a listener, or by default each of them, serves. An allow-list that is not there serves everybody; one that is there
 * and has come out empty, as {@code ${RANGES:}} does where nothing is set, was meant to serve few.
 */
final class AccessRules {

    private static final String ALLOW = "access.allow";

    private final Declared<ListenerProperties> listener;

    AccessRules(Declared<ListenerProperties> listener) {
        this.listener = listener;
    }

    void check() {
        if (listener.says(ALLOW) && listener.properties().access().allow().isEmpty()) {
            listener.reportMissing(
                    ALLOW,
                    "is empty, so that everybody would be served. Give addresses or ranges, such as 10.0.0.0/8; to"
                            + " serve everybody remove it, or give 0.0.0.0/0 and ::/0");
        }
    }
}
