package dev.sluice.transport.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which peers are there, of a TCP port or of those from which devices are dialled, as Linux says in {@code
 * /proc/net/tcp} and {@code tcp6}: see proc_net(5). Java sees that a peer has ended its side, or reset the connection,
 * only by reading; behind bytes that nobody reads yet, not even then.
 *
 * <p>Safe for use by any thread. The tables are read when somebody asks, and not again before a quarter of the idle
 * time has passed.
 */
final class KernelPeers {

    private static final Logger log = LoggerFactory.getLogger(KernelPeers.class);
    private static final Path[] TABLES = {Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6")};
    private static final Duration LONGEST_AGE = Duration.ofSeconds(5);

    private static final String ESTABLISHED = "01";
    /** In front of the four bytes of an IPv4 address in the table of IPv6. */
    private static final String MAPPED = hex(ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1}));

    /** How the local address ends, in the tables; nothing while there is none. */
    private final Supplier<Optional<String>> localPort;
    /** Null where the system does not tell. */
    private @Nullable Set<String> established;

    private long readAt;
    private volatile boolean ofAll;

    /**
     * @param local what is bound
     */
    KernelPeers(Supplier<Optional<InetSocketAddress>> local) {
        this.localPort = () -> local.get().map(bound -> ":%04X".formatted(bound.getPort()));
    }

    /** Of those that were dialled, each from a port of its own. */
    KernelPeers() {
        this.localPort = () -> Optional.of("");
    }

    /**
     * The port has been another before, by which there still may be peers: from now on those of all ports are known.
     */
    void lookAtAll() {
        ofAll = true;
    }

    /**
     * Returns whether the connection of a peer is whole: neither side has ended it. It is where the system does
     * not tell.
     *
     * @param idle how long a peer may be quiet
     */
    synchronized boolean holds(InetSocketAddress peer, Duration idle, long now) {
        if (readAt == 0 || now - readAt > Math.min(idle.dividedBy(4).toNanos(), LONGEST_AGE.toNanos())) {
            established = (ofAll ? Optional.of("") : localPort.get())
                    .map(KernelPeers::read)
                    .orElse(null);
            readAt = now;
        }
        return established == null || established.contains(key(peer));
    }

    private static @Nullable Set<String> read(String localPort) {
        Set<String> peers = new HashSet<>();
        boolean told = false;
        for (Path table : TABLES) {
            if (Files.isReadable(table)) {
                try (var lines = Files.lines(table)) {
                    lines.skip(1)
                            .map(line -> line.trim().split("\\s+", 5))
                            .filter(columns -> columns[1].endsWith(localPort) && columns[3].equals(ESTABLISHED))
                            .forEach(columns -> peers.add(withoutMapping(columns[2])));
                    told = true;
                } catch (IOException | UncheckedIOException ex) {
                    log.debug("{} cannot be read", table, ex);
                    return null;
                }
            }
        }
        return told ? peers : null;
    }

    private static String withoutMapping(String address) {
        return address.startsWith(MAPPED) ? address.substring(MAPPED.length()) : address;
    }

    /** As the tables have it. */
    static String key(InetSocketAddress peer) {
        return hex(ByteBuffer.wrap(peer.getAddress().getAddress())) + ":%04X".formatted(peer.getPort());
    }

    /** Each four bytes are printed as the number that they are to this machine. */
    private static String hex(ByteBuffer address) {
        StringBuilder hex = new StringBuilder();
        address.order(ByteOrder.nativeOrder());
        while (address.hasRemaining()) {
            hex.append("%08X".formatted(address.getInt()));
        }
        return hex.toString();
    }
}
