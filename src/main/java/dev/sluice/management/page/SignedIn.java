package dev.sluice.management.page;

import java.time.Instant;
import org.springframework.security.core.Authentication;

/**
 * Who looks, at what.
 *
 * @param role {@code operator} or {@code viewer}
 * @param instance differs from run to run, so that a page notices a restart
 * @param endpoints where they are
 */
record SignedIn(
        String user, String role, String name, String version, String instance, Instant startedAt, String endpoints) {

    static boolean isOperator(Authentication who) {
        return who.getAuthorities().stream().anyMatch(authority -> "ROLE_operator".equals(authority.getAuthority()));
    }
}
