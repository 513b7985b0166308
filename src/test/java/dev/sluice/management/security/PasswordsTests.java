package dev.sluice.management.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;

final class PasswordsTests {

    private static final String SLOW = "{bcrypt}" + new BCryptPasswordEncoder(12).encode("right");

    @Test
    void plainOnesAreCompared() {
        Passwords passwords = new Passwords(List.of("{noop}right"));

        assertThat(passwords.matches("right", "{noop}right")).isTrue();
        assertThat(passwords.matches("wrong", "{noop}right")).isFalse();
        assertThat(passwords.matches("", "{noop}right")).isFalse();
    }

    @Test
    void hashedOnesAreHashed() {
        String other = "{pbkdf2@SpringSecurity_v5_8}"
                + Pbkdf2PasswordEncoder.defaultsForSpringSecurity_v5_8().encode("other");
        Passwords passwords = new Passwords(List.of(SLOW, other));

        assertThat(passwords.matches("right", SLOW)).isTrue();
        assertThat(passwords.matches("wrong", SLOW)).isFalse();
        assertThat(passwords.matches("other", other)).isTrue();
        assertThat(passwords.matches("right", other)).isFalse();
    }

    /** Hashed each time, these would take minutes. */
    @Test
    @Timeout(30)
    void theRightOneIsHashedOnce() {
        Passwords passwords = new Passwords(List.of(SLOW));

        for (int i = 0; i < 10_000; i++) {
            assertThat(passwords.matches("right", SLOW)).isTrue();
        }
        assertThat(passwords.matches("wrong", SLOW)).isFalse();
    }

    @Test
    void aUserWhoDoesNotExistCostsAsMuchAsOneWhoDoes() {
        Passwords passwords = new Passwords(List.of("{noop}plain", SLOW));

        assertThat(passwords.encode("anything")).isEqualTo(SLOW);
        assertThat(new Passwords(List.of("{noop}plain")).encode("anything")).isEqualTo("{noop}");
    }
}
