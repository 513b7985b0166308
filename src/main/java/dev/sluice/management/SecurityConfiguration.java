package dev.sluice.management;

import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Who may do what over HTTP: the health groups liveness and readiness are open to all (their details are not), {@code viewer} reads, {@code operator} also
 * writes.
 *
 * <p>No session and no cookie, and every write is JSON or DELETE, which a browser does not send across origins unasked: so
 * there is no CSRF token, which scripts would have to fetch.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

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

    @Bean
    static RoleHierarchy roleHierarchy() {
        return RoleHierarchyImpl.withDefaultRolePrefix()
                .role(OPERATOR)
                .implies(VIEWER)
                .build();
    }
}
