package dev.sluice.management.security;

import dev.sluice.listener.ConfigurationReloaded;
import dev.sluice.listener.configuration.UserProperties;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.security.autoconfigure.SecurityProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.session.SessionInformation;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

/** Asks for a password, of the users that are declared now. When these change, all have to sign in again. */
final class RenewedLogin implements AuthenticationProvider, ApplicationListener<ConfigurationReloaded> {

    private static final String STANDARD = "spring.security.user";

    /** Belongs to whoever reloads, one at a time. */
    private SecurityProperties.User standard;

    private final SessionRegistry sessions;
    private volatile AuthenticationProvider login;

    /**
     * @param standard the one of {@code spring.security.user} at the start
     * @param declared the others, at the start
     * @param sessions of those who are signed in
     */
    RenewedLogin(SecurityProperties.User standard, Map<String, UserProperties> declared, SessionRegistry sessions) {
        this.standard = standard;
        this.sessions = sessions;
        this.login = of(declared);
    }

    private AuthenticationProvider of(Map<String, UserProperties> declared) {
        List<UserDetails> users = Users.of(standard, declared);
        DaoAuthenticationProvider provider = new DaoAuthenticationProvider(new InMemoryUserDetailsManager(users));
        provider.setPasswordEncoder(
                new Passwords(users.stream().map(UserDetails::getPassword).toList()));
        return provider;
    }

    @Override
    public void onApplicationEvent(ConfigurationReloaded event) {
        boolean another = event.plan().changes(key -> key.startsWith(STANDARD + "."));
        if (another) {
            standard = Binder.get(event.running().environment()).bindOrCreate(STANDARD, SecurityProperties.User.class);
        }
        if (another || event.plan().changes(key -> key.startsWith("sluice.users."))) {
            login = of(event.running().properties().users());
            for (Object user : sessions.getAllPrincipals()) {
                sessions.getAllSessions(user, false).forEach(SessionInformation::expireNow);
            }
        }
    }

    @Override
    public @Nullable Authentication authenticate(Authentication authentication) {
        return login.authenticate(authentication);
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return login.supports(authentication);
    }
}
