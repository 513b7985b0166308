package dev.sluice.transport.udp;

import dev.sluice.transport.TransportChange;
import dev.sluice.transport.TransportSettings;
import java.io.IOException;
import java.net.BindException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A change of a UDP listener. New sockets are bound at another port beforehand; at the same port beside the old ones,
 * when the change is made, since the kernel gives all to the newest. Only a group is left before it is joined anew, or
 * each of its datagrams would come twice.
 */
final class UdpChange implements TransportChange {

    private final UdpTransport transport;
    private final TransportSettings settingsBefore;
    private final UdpProperties before;
    private final TransportSettings settingsAfter;
    private final UdpProperties after;
    /** Whose place is to be taken; null if nothing is bound now, or nothing else has to be. */
    private final @Nullable Reception former;

    private final int number;
    private final boolean gap;
    /** Bound beforehand, and not read yet. */
    private @Nullable Reception prepared;
    /** Has taken its place. */
    private @Nullable Reception taken;

    private boolean away;

    /**
     * @param current what is bound now; null if nothing is
     */
    UdpChange(
            UdpTransport transport,
            TransportSettings settings,
            UdpProperties after,
            @Nullable Reception current,
            IntPredicate heldByUs)
            throws IOException {
        this.transport = transport;
        this.settingsBefore = transport.steering().settings();
        this.before = transport.properties();
        this.settingsAfter = settings;
        this.after = after;
        this.former = before.equals(after) ? null : current;
        int wanted = UdpTransport.number(after);
        if (former == null) {
            this.number = wanted;
            this.gap = false;
        } else {
            int own = former.address().getPort();
            // Any free port that it has been given is kept.
            this.number = wanted == 0 && UdpTransport.number(before) == 0 ? own : wanted;
            this.prepared = number == own ? null : prepare(heldByUs);
            this.gap = number == own ? before.multicast() != null || after.multicast() != null : prepared == null;
        }
    }

    private @Nullable Reception prepare(IntPredicate heldByUs) throws IOException {
        try {
            return transport.open(after, number, false);
        } catch (BindException ex) {
            if (isInUse(ex) && heldByUs.test(number)) {
                return null;
            }
            throw ex;
        }
    }

    private static boolean isInUse(BindException ex) {
        return String.valueOf(ex.getMessage()).contains("in use");
    }

    @Override
    public boolean hasGap() {
        return gap;
    }

    @Override
    public void release() {
        if (former != null && gap && !away) {
            away = true;
            transport.leave(former);
        }
    }

    @Override
    public void commit() throws IOException {
        transport.serveBy(settingsAfter, after);
        if (former == null) {
            return;
        }
        release();
        Reception next = prepared == null ? open(after, number, away ? null : former) : prepared;
        prepared = null;
        taken = next;
        transport.receiveBy(next);
        if (!away) {
            away = true;
            transport.leave(former);
        }
    }

    /**
     * @param holder what holds a port and is not about to leave it by itself; null if there is none
     */
    private Reception open(UdpProperties by, int port, @Nullable Reception holder) throws IOException {
        if (holder != null && holder.address().getPort() == port) {
            holder.shareWithOthers(true);
            try {
                return transport.open(by, port, true);
            } catch (IOException | RuntimeException ex) {
                holder.shareWithOthers(false);
                throw ex;
            }
        }
        try {
            return transport.open(by, port, false);
        } catch (BindException ex) {
            if (isInUse(ex)) {
                // By one that is about to leave it, unless it is another process.
                return transport.open(by, port, true);
            }
            throw ex;
        }
    }

    @Override
    public void undo() throws IOException {
        transport.serveBy(settingsBefore, before);
        if (prepared != null) {
            prepared.close();
            prepared = null;
        }
        Reception unwanted = taken;
        taken = null;
        if (former == null || !away) {
            return;
        }
        away = false;
        if (unwanted != null && (before.multicast() != null || after.multicast() != null)) {
            transport.leave(unwanted);
        }
        transport.receiveBy(open(before, former.address().getPort(), unwanted));
        if (unwanted != null) {
            transport.leave(unwanted);
        }
    }

    @Override
    public void retire() {
        // What others took the place of closes itself once all is read that had arrived.
    }
}
