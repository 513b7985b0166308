package dev.sluice.management.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;

/** Answers requests that are not let through: JSON with a reason, which is the same whatever the request asked for. */
final class Denials implements AuthenticationEntryPoint, AccessDeniedHandler {

    private static final String BASIC = "Basic realm=\"Sluice\", charset=\"UTF-8\"";
    private static final String BEARER = "Bearer realm=\"Sluice\"";

    private final List<String> challenges;

    /**
     * @param tokens whether they are taken as well
     */
    Denials(boolean tokens) {
        challenges = tokens ? List.of(BASIC, BEARER) : List.of(BASIC);
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException why)
            throws IOException {
        switch (why) {
            case TooManyFailuresException tooMany -> {
                response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(tooMany.seconds()));
                deny(response, HttpStatus.TOO_MANY_REQUESTS, "too many failed logins from this address; wait a little");
            }
            case AuthenticationServiceException _ ->
                deny(response, HttpStatus.SERVICE_UNAVAILABLE, "whether this is right cannot be found out just now");
            case OAuth2AuthenticationException _ -> {
                response.addHeader(HttpHeaders.WWW_AUTHENTICATE, BEARER + ", error=\"invalid_token\"");
                deny(response, HttpStatus.UNAUTHORIZED, "the token is not valid, or not any more");
            }
            default -> {
                if (!isByPage(request)) {
                    challenges.forEach(challenge -> response.addHeader(HttpHeaders.WWW_AUTHENTICATE, challenge));
                }
                deny(response, HttpStatus.UNAUTHORIZED, "wants a user and the right password");
            }
        }
    }

    /**
     * Returns whether a browser asks for a page, or a page asks: a challenge would make the browser open a window of
     * its own before the page, which knows how to sign in. Towards plain HTTP a browser does not say that it is one,
     * and our page does.
     */
    private static boolean isByPage(HttpServletRequest request) {
        return request.getHeader("Sec-Fetch-Mode") != null || request.getHeader("X-Requested-With") != null;
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException why)
            throws IOException {
        deny(
                response,
                HttpStatus.FORBIDDEN,
                why instanceof CsrfException
                        ? "a page of another origin must not write"
                        : "wants a user with more rights; the role operator has all");
    }

    /**
     * @param reason without anything that JSON would escape
     */
    private static void deny(HttpServletResponse response, HttpStatus status, String reason) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(("{\"reason\":\"" + reason + "\"}").getBytes(StandardCharsets.UTF_8));
    }
}
