package dev.sluice.management.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.authentication.logout.HttpStatusReturningLogoutSuccessHandler;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
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
     * @param denials says what is wrong with a login
     */
    static void configure(HttpSecurity http, String prefix, Denials denials) {
        String path = prefix + PATH;
        http.formLogin(form -> form.loginPage(prefix + "/")
                        .loginProcessingUrl(path)
                        .successHandler((request, response, user) -> response.setStatus(HttpStatus.NO_CONTENT.value()))
                        .failureHandler(denials::commence))
                .logout(logout -> logout.logoutRequestMatcher(
                                PathPatternRequestMatcher.pathPattern(HttpMethod.DELETE, path))
                        .logoutSuccessHandler(new HttpStatusReturningLogoutSuccessHandler(HttpStatus.NO_CONTENT)))
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.IF_REQUIRED)
                        .sessionFixation(fixation -> fixation.changeSessionId())
                        .maximumSessions(MOST_OF_A_USER)
                        .expiredSessionStrategy(expired -> denials.commence(
                                expired.getRequest(),
                                expired.getResponse(),
                                new InsufficientAuthenticationException("signed in elsewhere too often"))))
                .addFilterBefore(new PageSessions(LONGEST), SecurityContextHolderFilter.class);
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
