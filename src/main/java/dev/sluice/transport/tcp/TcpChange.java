package dev.sluice.transport.tcp;

import dev.sluice.transport.TransportChange;
import dev.sluice.transport.TransportSettings;
import java.io.IOException;

/** A change of a TCP listener: by what it serves its peers, what they begin by, and where they come from. */
final class TcpChange implements TransportChange {

    private final TcpTransport transport;
    private final TransportSettings before;
    private final Welcome welcomeBefore;
    private final TransportSettings after;
    private final Welcome welcomeAfter;
    private final TransportChange entrance;

    /**
     * @param entrance the change of where they come from
     */
    TcpChange(TcpTransport transport, TransportSettings after, Welcome welcomeAfter, TransportChange entrance) {
        this.transport = transport;
        this.before = transport.steering().settings();
        this.welcomeBefore = transport.welcome();
        this.after = after;
        this.welcomeAfter = welcomeAfter;
        this.entrance = entrance;
    }

    @Override
    public boolean hasGap() {
        return entrance.hasGap();
    }

    @Override
    public void release() {
        entrance.release();
    }

    @Override
    public void commit() throws IOException {
        transport.serveBy(after, welcomeAfter);
        entrance.commit();
    }

    @Override
    public void undo() throws IOException {
        transport.serveBy(before, welcomeBefore);
        entrance.undo();
    }

    @Override
    public void retire() {
        entrance.retire();
        if (!before.access().equals(after.access())) {
            transport.closeNotAdmitted();
        }
    }
}
