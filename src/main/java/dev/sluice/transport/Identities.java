package dev.sluice.transport;

import dev.sluice.transport.IdentityProperties.Twice;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which devices of a realm are connected, and by which connection. Safe for use by many threads. */
public final class Identities {

    /** The newest connection of a device, and those before it that are still open. */
    private record Claim(Connection holder, @Nullable Claim before) {

        @Nullable
        Claim without(Connection gone) {
            if (holder == gone) {
                return before;
            }
            Claim rest = before == null ? null : before.without(gone);
            return rest == before ? this : new Claim(holder, rest);
        }
    }

    private final Map<String, Claim> claims = new ConcurrentHashMap<>();

    /**
     * Takes an identity for a connection. With {@link Twice#REPLACE} whoever had it has given it up, and hands nothing
     * more on, when this returns.
     *
     * @return whether it has it; else another one does
     */
    public boolean claim(String identity, Connection newcomer, Twice twice) {
        // Set within the step that decides, which is one for each identity.
        @Nullable Claim[] ousted = new @Nullable Claim[1];
        Claim now = claims.compute(identity, (_, present) -> {
            if (present == null) {
                return new Claim(newcomer, null);
            }
            return switch (twice) {
                case ALLOW -> new Claim(newcomer, present.without(newcomer));
                case REFUSE -> present;
                case REPLACE -> {
                    ousted[0] = present.without(newcomer);
                    yield new Claim(newcomer, null);
                }
            };
        });
        for (Claim former = ousted[0]; former != null; former = former.before) {
            former.holder.close(Reason.Closed.REPLACED);
        }
        return now != null && now.holder == newcomer;
    }

    /** Gives an identity up; does nothing if the connection does not have it. */
    public void release(String identity, Connection holder) {
        claims.computeIfPresent(identity, (_, present) -> present.without(holder));
    }

    /** Returns the newest connection of a device. */
    public Optional<Connection> find(String identity) {
        return Optional.ofNullable(claims.get(identity)).map(Claim::holder);
    }

    /** How many devices are connected. */
    public int size() {
        return claims.size();
    }
}
