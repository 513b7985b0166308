package dev.sluice.management;

import dev.sluice.memory.Halt;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.filter.OncePerRequestFilter;

/** Ends the process where a request runs out of memory: Tomcat would log that and go on. Stands before all others. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class OutOfMemoryFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException | RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            throw ex;
        }
    }
}
