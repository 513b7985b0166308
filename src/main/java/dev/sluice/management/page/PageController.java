package dev.sluice.management.page;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;

/** Tells a page who is signed in, and what happens. */
@Controller
final class PageController {

    private final EventStreams streams;
    private final String name;
    private final String version;
    private final String endpoints;
    private final String instance = UUID.randomUUID().toString();
    private final Instant startedAt = Instant.now();

    /**
     * @param endpoints the path of Actuator below that of the application
     */
    PageController(EventStreams streams, String name, String version, String endpoints) {
        this.streams = streams;
        this.name = name;
        this.version = version;
        this.endpoints = endpoints;
    }

    @GetMapping("/session")
    @ResponseBody
    SignedIn session(Authentication who, HttpServletRequest request) {
        return new SignedIn(
                who.getName(),
                isOperator(who) ? "operator" : "viewer",
                name,
                version,
                instance,
                startedAt,
                request.getContextPath() + endpoints);
    }

    /**
     * Who looks, at what.
     *
     * @param role {@code operator} or {@code viewer}
     * @param instance differs from run to run, so that a page notices a restart
     * @param endpoints where they are
     */
    record SignedIn(
            String user,
            String role,
            String name,
            String version,
            String instance,
            Instant startedAt,
            String endpoints) {}

    /** Writes events until the reader goes, his session ends, or five minutes have passed. */
    @GetMapping("/events")
    void events(
            @RequestParam List<String> topics,
            Authentication who,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        HttpSession session = request.getSession(false);
        Optional<EventStream> opened =
                streams.open(topics, who.getName(), isOperator(who), session == null ? null : session.getId());
        if (opened.isEmpty()) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        try (EventStream stream = opened.get()) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setHeader("X-Accel-Buffering", "no");
            stream.run(session(who, request), response.getOutputStream());
        }
    }

    private static boolean isOperator(Authentication who) {
        return who.getAuthorities().stream().anyMatch(authority -> "ROLE_operator".equals(authority.getAuthority()));
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> unknown(IllegalArgumentException ex) {
        return refusal(HttpStatus.NOT_FOUND, ex.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> missing(MissingServletRequestParameterException ex) {
        return refusal(
                HttpStatus.BAD_REQUEST,
                "'" + ex.getParameterName() + "' is missing: what to tell of, such as topics=tap:LISTENER");
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> forbidden(SecurityException ex) {
        return refusal(HttpStatus.FORBIDDEN, ex.getMessage());
    }

    /** The reader has gone: nobody is there to be told. */
    @ExceptionHandler
    void gone(IOException ex) {}

    private static ResponseEntity<Map<String, String>> refusal(HttpStatus status, @Nullable String reason) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("reason", String.valueOf(reason)));
    }
}
