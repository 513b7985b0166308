package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.transport.RejectedFrame;
import dev.sluice.transport.TapMode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The frames of a listener that were refused last, newest first, as the endpoint shows them. */
record RejectedDescriptions(List<Rejected> rejected) {

    /**
     * @param problem what was wrong, in words, which may quote the bytes
     * @param length how many bytes of it there were; null with {@code tap: off}
     * @param hex the first of them; null unless it is {@code payload}
     */
    record Rejected(
            Instant at,
            String reason,
            @Nullable String problem,
            String connection,
            String remoteAddress,
            int remotePort,
            @Nullable String identity,
            @Nullable Integer length,
            @Nullable String hex) {

        static Rejected of(RejectedFrame frame, TapMode tap) {
            byte[] beginning = tap == TapMode.PAYLOAD ? frame.beginning() : null;
            return new Rejected(
                    frame.at(),
                    frame.reason().text(),
                    tap == TapMode.PAYLOAD ? frame.problem() : null,
                    frame.origin().connection(),
                    frame.origin().remoteAddress(),
                    frame.origin().remote().getPort(),
                    frame.origin().identity(),
                    tap == TapMode.OFF ? null : frame.length(),
                    beginning == null ? null : Preview.hex(beginning, beginning.length));
        }
    }

    static RejectedDescriptions of(Listener listener) {
        TapMode tap = listener.transport().tap().mode();
        return new RejectedDescriptions(listener.transport().traffic().lastRejected.newestFirst().stream()
                .map(frame -> Rejected.of(frame, tap))
                .toList());
    }
}
