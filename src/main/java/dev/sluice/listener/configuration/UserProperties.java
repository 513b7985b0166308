package dev.sluice.listener.configuration;

import dev.sluice.check.Check;
import java.util.Optional;
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

    /** Says what is wrong with it. */
    void check(Check check) {
        Optional<String> problem = password == null
                ? Optional.of("is missing. Give one, plain or hashed")
                : new StoredPassword(password).problem();
        problem.ifPresent(wrong -> check.report("password", wrong));
    }

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
