package dev.sluice.listener.configuration;

import dev.sluice.listener.configuration.UserProperties.Role;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Binder;

/** Users that can log in, and can do something then; the one of {@code spring.security.user} among them. */
final class UserRules {

    private static final String FRAMEWORKS_OWN = "spring.security.user.";

    private final List<Declared<UserProperties>> users;
    private final Said said;
    private final Problems problems;

    UserRules(List<Declared<UserProperties>> users, Said said, Problems problems) {
        this.users = users;
        this.said = said;
        this.problems = problems;
    }

    void check() {
        Binder binder = said.binder();
        Optional<String> ownPassword = text(binder, "password").filter(password -> !password.isEmpty());
        String ownName = text(binder, "name").orElse("");
        for (Declared<UserProperties> user : users) {
            user.properties().check(user);
            if (ownPassword.isPresent() && user.name().equalsIgnoreCase(ownName)) {
                user.report(
                        "", "is also the user of '" + FRAMEWORKS_OWN + "name'. Remove one, or give it another name");
            }
        }
        ownPassword
                .flatMap(password -> new StoredPassword(password).problem())
                .ifPresent(problem -> report("password", problem));
        if (grantsNothing(binder)) {
            report(
                    "roles",
                    "has neither of " + String.join(" and ", roles()) + ", the only ones that mean anything here");
        }
    }

    private static Optional<String> text(Binder binder, String key) {
        return Optional.ofNullable(
                binder.bind(FRAMEWORKS_OWN + key, String.class).orElse(null));
    }

    private static boolean grantsNothing(Binder binder) {
        String[] granted = binder.bind(FRAMEWORKS_OWN + "roles", String[].class).orElse(new String[0]);
        return granted.length > 0 && Stream.of(granted).noneMatch(roles()::contains);
    }

    private static List<String> roles() {
        return Stream.of(Role.values())
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private void report(String key, String problem) {
        problems.add(FRAMEWORKS_OWN + key, problem, said.origin(FRAMEWORKS_OWN + key));
    }
}
