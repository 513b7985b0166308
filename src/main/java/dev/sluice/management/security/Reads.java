package dev.sluice.management.security;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** Matches requests that change nothing, by what they ask for. */
final class Reads {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS");
    /**
     * What application.yml exposes. Other endpoints, such as {@code heapdump}, may show what is not meant for every
     * reader.
     */
    private static final List<String> OWN = List.of(
            "health",
            "info",
            "metrics",
            "prometheus",
            "sbom",
            "listeners",
            "connections",
            "commands",
            "devices",
            "replicas",
            "spools",
            "reload",
            "configuration",
            "history");

    /** The page itself: without a user it shows how to sign in. */
    private static final List<String> PAGE =
            List.of("/", "/index.html", "/page/**", "/webjars/preact/**", "/webjars/picocss__pico/**");

    private final List<String> basePaths;
    private final String prefix;

    /**
     * @param basePath of the endpoints
     * @param prefix of all that Spring MVC serves, from {@code spring.mvc.servlet.path}; endpoints on a port of their
     *     own are not behind it, so that both count
     */
    Reads(String basePath, String prefix) {
        this.prefix = prefix;
        this.basePaths = Stream.of(basePath, prefix + basePath).distinct().toList();
    }

    /** By whoever watches whether the program lives, and has no password. */
    RequestMatcher ofProbes() {
        return of(Stream.of("/health/liveness", "/health/readiness"));
    }

    RequestMatcher ofOwnEndpoints() {
        return of(Stream.concat(Stream.of(""), OWN.stream().map(id -> "/" + id + "/**")));
    }

    /** Files of the page, which tell nothing that is not in the jar. */
    RequestMatcher ofThePage() {
        return readOf(PAGE.stream().map(path -> prefix + path));
    }

    RequestMatcher ofEndpoints() {
        return of(Stream.of("/**"));
    }

    RequestMatcher ofPages() {
        return request -> METHODS.contains(request.getMethod());
    }

    private RequestMatcher of(Stream<String> paths) {
        return readOf(paths.flatMap(path -> basePaths.stream().map(base -> base + path)));
    }

    private RequestMatcher readOf(Stream<String> paths) {
        return new AndRequestMatcher(
                ofPages(),
                new OrRequestMatcher(paths.map(path -> path.isEmpty() ? "/" : path)
                        .<RequestMatcher>map(PathPatternRequestMatcher::pathPattern)
                        .toList()));
    }
}
