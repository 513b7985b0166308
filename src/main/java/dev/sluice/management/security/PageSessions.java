package dev.sluice.management.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.logout.HttpStatusReturningLogoutSuccessHandler;
import org.springframework.security.web.authentication.session.ChangeSessionIdAuthenticationStrategy;
import org.springframework.security.web.authentication.session.CompositeSessionAuthenticationStrategy;
import org.springframework.security.web.authentication.session.ConcurrentSessionControlAuthenticationStrategy;
import org.springframework.security.web.authentication.session.RegisterSessionAuthenticationStrategy;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.session.ConcurrentSessionFilter;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sessions of those who sign in on the page: {@code POST /session} with a form begins one, {@code DELETE /session} ends
 * it. So does half an hour without a request, twelve hours of age, and the ninth of the same user ends the one that has
 * been quiet for longest. The cookie is described in application.yml.
 */
final class PageSessions extends OncePerRequestFilter {

    static final int MOST_OF_A_USER = 8;

    private static final String PATH = "/session";
    private static final Duration LONGEST = Duration.ofHours(12);

    private final Duration longest;

    PageSessions(Duration longest) {
        this.longest = longest;
    }

    /**
     * Adds them.
     *
     * @param prefix of all that Spring MVC serves
     * @param sessions those that there are
     * @param denials says what is wrong with a login
     */
    static void configure(HttpSecurity http, String prefix, SessionRegistry sessions, Denials denials) {
        String path = prefix + PATH;
        http.formLogin(form -> form.loginPage(prefix + "/")
                        .loginProcessingUrl(path)
                        .successHandler((request, response, user) -> response.setStatus(HttpStatus.NO_CONTENT.value()))
                        .failureHandler(denials::commence)
                        .addObjectPostProcessor(ofTheFormAlone(sessions)))
                .logout(logout -> logout.logoutRequestMatcher(
                                PathPatternRequestMatcher.pathPattern(HttpMethod.DELETE, path))
                        .logoutSuccessHandler(new HttpStatusReturningLogoutSuccessHandler(HttpStatus.NO_CONTENT)))
                .addFilter(new ConcurrentSessionFilter(
                        sessions,
                        ended -> denials.commence(
                                ended.getRequest(),
                                ended.getResponse(),
                                new InsufficientAuthenticationException("ended"))))
                .addFilterBefore(new PageSessions(LONGEST), SecurityContextHolderFilter.class);
    }

    /** As a setting of all of {@code HttpSecurity} it would give programs a session, too. */
    private static ObjectPostProcessor<UsernamePasswordAuthenticationFilter> ofTheFormAlone(SessionRegistry sessions) {
        ConcurrentSessionControlAuthenticationStrategy most =
                new ConcurrentSessionControlAuthenticationStrategy(sessions);
        most.setMaximumSessions(MOST_OF_A_USER);
        SessionAuthenticationStrategy strategy = new CompositeSessionAuthenticationStrategy(List.of(
                most,
                new ChangeSessionIdAuthenticationStrategy(),
                new RegisterSessionAuthenticationStrategy(sessions)));
        return new ObjectPostProcessor<>() {
            @Override
            public <F extends UsernamePasswordAuthenticationFilter> F postProcess(F filter) {
                filter.setSessionAuthenticationStrategy(strategy);
                return filter;
            }
        };
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpSession session = request.getSession(false);
        if (session != null && System.currentTimeMillis() - session.getCreationTime() > longest.toMillis()) {
            session.invalidate();
        }
        chain.doFilter(request, response);
    }
}
