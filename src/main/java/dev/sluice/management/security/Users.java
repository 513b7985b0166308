package dev.sluice.management.security;

import dev.sluice.listener.configuration.StoredPassword;
import dev.sluice.listener.configuration.UserProperties;
import dev.sluice.listener.configuration.UserProperties.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.security.autoconfigure.SecurityProperties;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;

/**
 * Those of {@code sluice.users}, and the one of {@code spring.security.user}. The latter is there without being given a
 * password, with one that is made up and logged, only if no other user could write and none has
 * its name.
 */
final class Users {

    private static final Logger log = LoggerFactory.getLogger(Users.class);

    private Users() {}

    static List<UserDetails> of(SecurityProperties.User standard, Map<String, UserProperties> declared) {
        List<UserDetails> users = new ArrayList<>();
        declared.forEach((name, user) -> users.add(user(
                name,
                Objects.requireNonNull(user.password(), "checked before"),
                user.role().name().toLowerCase(Locale.ROOT))));
        if (!standard.isPasswordGenerated() || !canDoWithout(standard, declared)) {
            users.add(user(
                    standard.getName(),
                    standard.getPassword(),
                    standard.getRoles().toArray(String[]::new)));
            if (standard.isPasswordGenerated()) {
                log.warn(
                        "No spring.security.user.password is set: user '{}' has the password {} until this process"
                                + " ends",
                        standard.getName(),
                        standard.getPassword());
            }
        }
        return users;
    }

    private static boolean canDoWithout(SecurityProperties.User standard, Map<String, UserProperties> declared) {
        return declared.values().stream().anyMatch(user -> user.role() == Role.OPERATOR)
                || declared.keySet().stream().anyMatch(name -> name.equalsIgnoreCase(standard.getName()));
    }

    private static UserDetails user(String name, String password, String... roles) {
        return User.withUsername(name)
                .password(new StoredPassword(password).withMethod())
                .roles(roles)
                .build();
    }
}
