package dev.sluice.management;

import dev.sluice.memory.Holding;
import dev.sluice.memory.MemoryBudget;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.server.ResponseStatusException;

/**
 * Keeps the bodies of requests within the memory that there is: none is larger than a sixteenth of the budget, and what
 * reading one takes counts in it meanwhile. Stands behind those who ask for a password.
 */
final class RequestBodies extends OncePerRequestFilter {

    /** The body as bytes, as text, as what is in it, and that as a frame; text may take two bytes a character. */
    private static final int COPIES = 6;

    private static final int SHARE = 16;

    private final MemoryBudget memory;
    private final long most;

    RequestBodies(MemoryBudget memory) {
        this.memory = memory;
        this.most = memory.limit() / SHARE;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long length = request.getContentLengthLong();
        boolean untold = length < 0 && request.getHeader("Transfer-Encoding") != null;
        if (length > most) {
            response.sendError(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
            return;
        }
        Holding held = memory.aside();
        long bytes = (untold ? most : Math.max(0, length)) * COPIES;
        if (bytes > 0 && !held.tryGrow(bytes)) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        try {
            chain.doFilter(untold ? bounded(request, most) : request, response);
        } finally {
            held.shrink(bytes);
        }
    }

    /** Returns a request whose body is read up to a length. */
    private static HttpServletRequest bounded(HttpServletRequest request, long most) {
        return new HttpServletRequestWrapper(request) {
            @Override
            public ServletInputStream getInputStream() throws IOException {
                return new BoundedInput(super.getInputStream(), most);
            }
        };
    }

    private static final class BoundedInput extends ServletInputStream {

        private final ServletInputStream in;
        private long left;

        BoundedInput(ServletInputStream in, long most) {
            this.in = in;
            this.left = most;
        }

        @Override
        public int read() throws IOException {
            int next = in.read();
            count(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = in.read(bytes, offset, length);
            count(n);
            return n;
        }

        private void count(int n) {
            left -= Math.max(0, n);
            if (left < 0) {
                throw new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE);
            }
        }

        @Override
        public boolean isFinished() {
            return in.isFinished();
        }

        @Override
        public boolean isReady() {
            return in.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            in.setReadListener(listener);
        }
    }
}
