package dev.sluice.listener.configuration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Somebody who may use the management endpoints.
 *
 * @param password as a {@link StoredPassword} is written
 * @param role what the user may do
 */
public record UserProperties(
        @Nullable String password, @DefaultValue("viewer") Role role) {

    public enum Role {
        /** Reads. */
        VIEWER,
        /** Also writes. */
        OPERATOR
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "UserProperties[role=" + role + "]";
    }
}
