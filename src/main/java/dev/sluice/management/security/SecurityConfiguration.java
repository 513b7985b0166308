package dev.sluice.management.security;

import dev.sluice.listener.configuration.SluiceProperties;
import dev.sluice.listener.configuration.UserProperties.Role;
import jakarta.servlet.DispatcherType;
import java.util.Locale;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.SecurityProperties;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.session.HttpSessionEventPublisher;

/**
 * The health groups liveness and readiness are open to all (their details are not), the role {@code viewer} reads,
 * {@code operator} also writes. Paths that do not exist are refused in the same way as those that do.
 *
 * <p>Each request brings a name and a password, or a token, and leaves no session behind. Only who signs in on the page
 * has one: see {@link PageSessions}.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
@ConditionalOnWebApplication
@EnableConfigurationProperties({SecurityProperties.class, SluiceProperties.class})
class SecurityConfiguration {

    private static final String OPERATOR = Role.OPERATOR.name().toLowerCase(Locale.ROOT);
    private static final String VIEWER = Role.VIEWER.name().toLowerCase(Locale.ROOT);

    @Bean
    SecurityFilterChain management(
            HttpSecurity http,
            WebEndpointProperties endpoints,
            DispatcherServletPath servlet,
            AuthenticationManager logins,
            SessionRegistry sessions,
            ObjectProvider<JwtDecoder> decoders,
            ObjectProvider<OAuth2ResourceServerProperties> tokenProperties) {
        Reads reads = new Reads(endpoints.getBasePath(), servlet.getPrefix());
        JwtDecoder decoder = decoders.getIfAvailable();
        Denials denials = new Denials(decoder != null);
        http.authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(reads.ofProbes())
                        .permitAll()
                        .requestMatchers(reads.ofThePage())
                        .permitAll()
                        .requestMatchers(reads.ofOwnEndpoints())
                        .hasRole(VIEWER)
                        .requestMatchers(reads.ofEndpoints())
                        .hasRole(OPERATOR)
                        .requestMatchers(reads.ofPages())
                        .hasRole(VIEWER)
                        .anyRequest()
                        .hasRole(OPERATOR))
                .authenticationManager(logins)
                .httpBasic(basic -> basic.authenticationEntryPoint(denials))
                .exceptionHandling(
                        refused -> refused.authenticationEntryPoint(denials).accessDeniedHandler(denials))
                .csrf(csrf -> csrf.csrfTokenRepository(new NoTokens()).requireCsrfProtectionMatcher(new ForeignPages()))
                .headers(SecurityConfiguration::headers)
                .requestCache(AbstractHttpConfigurer::disable);
        PageSessions.configure(http, servlet.getPrefix(), sessions, denials);
        if (decoder != null) {
            Tokens tokens = new Tokens(tokenProperties
                    .getIfAvailable(OAuth2ResourceServerProperties::new)
                    .getJwt());
            http.addFilterBefore(tokens.filter(decoder, denials), BasicAuthenticationFilter.class);
        }
        return http.build();
    }

    /** Besides Spring Security's own, among them HSTS on TLS. A page may load what is ours and nothing else. */
    private static void headers(HeadersConfigurer<HttpSecurity> headers) {
        headers.contentSecurityPolicy(
                        policy -> policy.policyDirectives("default-src 'self'; img-src 'self' data:; object-src 'none';"
                                + " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"))
                .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER));
    }

    /** Not Boot's, which knows one user only, and would hash a plain password again at the first call. */
    @Bean
    AuthenticationManager logins(RenewedLogin login) {
        return new ProviderManager(new ThrottledLogin(login));
    }

    @Bean
    RenewedLogin renewedLogin(SecurityProperties security, SluiceProperties sluice, SessionRegistry sessions) {
        return new RenewedLogin(security.getUser(), sluice.users(), sessions);
    }

    @Bean
    static SessionRegistry sessions() {
        return new SessionRegistryImpl();
    }

    /** Else each filter that a call passes would be timed by itself, which nobody asks for. */
    @Bean
    static SecurityObservationSettings noObservations() {
        return SecurityObservationSettings.noObservations();
    }

    /** Tells of sessions that end. */
    @Bean
    static HttpSessionEventPublisher sessionEvents() {
        return new HttpSessionEventPublisher();
    }

    @Bean
    static RoleHierarchy roleHierarchy() {
        return RoleHierarchyImpl.withDefaultRolePrefix()
                .role(OPERATOR)
                .implies(VIEWER)
                .build();
    }
}
