package dev.sluice.management.security;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Matches what a page of another origin makes a browser send and that would write. The browser adds a password that it
 * remembers to that, so that the password proves nothing; but it also says where the page is from, in {@code
 * Sec-Fetch-Site} or, towards plain HTTP, in {@code Origin}, which no page can change.
 *
 * <p>So such a request needs a token, and there are {@linkplain NoTokens none} to be had: it is refused. A page of
 * our own origin needs none, nor does a program, which says neither and whose password nobody else can add.
 */
final class ForeignPages implements RequestMatcher {

    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final Set<String> OURS = Set.of("same-origin", "none");

    @Override
    public boolean matches(HttpServletRequest request) {
        if (READS.contains(request.getMethod())) {
            return false;
        }
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return !OURS.contains(site);
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin != null && !isHost(origin, request.getHeader(HttpHeaders.HOST));
    }

    /** Without the scheme, which a proxy that ends TLS changes. */
    private static boolean isHost(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
