package dev.sluice.management;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.SecurityProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Who may do what over HTTP: the health groups liveness and readiness are open to all (their details are not), {@code viewer} reads, {@code operator} also
 * writes.
 *
 * <p>No session and no cookie, and every write is JSON or DELETE, which a browser does not send across origins unasked: so
 * there is no CSRF token, which scripts would have to fetch.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
@ConditionalOnWebApplication
@EnableConfigurationProperties(SecurityProperties.class)
class SecurityConfiguration {

    private static final Logger log = LoggerFactory.getLogger(SecurityConfiguration.class);

    private static final String OPERATOR = "operator";
    private static final String VIEWER = "viewer";

    @Bean
    SecurityFilterChain management(HttpSecurity http, WebEndpointProperties endpoints) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers(
                                endpoints.getBasePath() + "/health/liveness",
                                endpoints.getBasePath() + "/health/readiness")
                        .permitAll()
                        .requestMatchers(HttpMethod.GET)
                        .hasRole(VIEWER)
                        .requestMatchers(HttpMethod.HEAD)
                        .hasRole(VIEWER)
                        .anyRequest()
                        .hasRole(OPERATOR))
                .httpBasic(Customizer.withDefaults())
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable)
                .build();
    }

    /**
     * The one user of {@code spring.security.user.*}. Not Boot's own, which would hash a plain password again at the first
     * call, so that each call, a scrape every second among them, would then cost a tenth of a second of work.
     */
    @Bean
    UserDetailsService users(SecurityProperties properties) {
        SecurityProperties.User user = properties.getUser();
        if (user.isPasswordGenerated()) {
            log.warn(
                    "No spring.security.user.password is set: user '{}' has the password {} until this process ends",
                    user.getName(),
                    user.getPassword());
        }
        boolean encoded = user.getPassword().startsWith("{");
        UserDetails details = User.withUsername(user.getName())
                .password(encoded ? user.getPassword() : "{noop}" + user.getPassword())
                .roles(user.getRoles().toArray(String[]::new))
                .build();
        InMemoryUserDetailsManager users = new InMemoryUserDetailsManager(details);
        return name -> users.loadUserByUsername(name);
    }

    @Bean
    static RoleHierarchy roleHierarchy() {
        return RoleHierarchyImpl.withDefaultRolePrefix()
                .role(OPERATOR)
                .implies(VIEWER)
                .build();
    }
}
