package dev.sluice.management.security;

import dev.sluice.text.LogThrottle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.Authentication;

/** Logs in by name and password, slower and slower for whoever guesses. */
final class ThrottledLogin implements AuthenticationProvider {

    private static final Logger log = LoggerFactory.getLogger(ThrottledLogin.class);
    private static final int MOST_OF_A_NAME = 64;

    private final AuthenticationProvider users;
    private final FailedLogins failures = new FailedLogins(System::nanoTime);
    private final LogThrottle reports = new LogThrottle(Duration.ofSeconds(1));

    ThrottledLogin(AuthenticationProvider users) {
        this.users = users;
    }

    @Override
    public @Nullable Authentication authenticate(Authentication login) {
        String source = Sources.of(login);
        long seconds = failures.begin(source);
        if (seconds > 0) {
            throw new TooManyFailuresException(seconds);
        }
        boolean failed = false;
        try {
            return users.authenticate(login);
        } catch (BadCredentialsException ex) {
            failed = true;
            report(login.getName(), source);
            throw ex;
        } finally {
            failures.end(source, failed);
        }
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return users.supports(authentication);
    }

    /** Once a second at the most, since whoever guesses could fill a disk with these. */
    private void report(String name, String source) {
        reports.write(unreported -> log.warn(
                "Management: a login of '{}' from {} failed, as did {} others unreported before it",
                name.length() > MOST_OF_A_NAME ? name.substring(0, MOST_OF_A_NAME) + "…" : name,
                source,
                unreported));
    }
}
