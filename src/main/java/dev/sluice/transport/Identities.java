package dev.sluice.transport;

import dev.sluice.message.Takeovers;
import dev.sluice.text.Visible;
import dev.sluice.transport.IdentityProperties.Twice;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which devices of a realm are connected, and by which connection. Safe for use by many threads. */
public final class Identities {

    private static final Logger log = LoggerFactory.getLogger(Identities.class);

    /** Those of one device. Changed within a step of the map alone; anybody reads which is the newest. */
    private static final class Claim {

        private volatile Connection newest;
        /** Those before it that are still open, the eldest first; null as long as there was none. */
        private @Nullable SequencedSet<Connection> before;
        /** The one that was last said to reach the device; null if none was. */
        private @Nullable Connection announced;
        /** Null as long as there was none that anybody wants to know of. */
        private @Nullable Takeovers takeovers;

        Claim(Connection holder) {
            this.newest = holder;
        }

        void add(Connection newcomer) {
            if (newest == newcomer) {
                return;
            }
            SequencedSet<Connection> others = before;
            if (others == null) {
                others = new LinkedHashSet<>();
                before = others;
            }
            others.remove(newcomer);
            others.addLast(newest);
            newest = newcomer;
        }

        /** Returns those who lose it to the newcomer. */
        List<Connection> replace(Connection newcomer) {
            add(newcomer);
            List<Connection> lost = before == null ? List.of() : List.copyOf(before);
            before = null;
            return lost;
        }

        /** Counts the newcomer's takeover, unless there were too many: then returns false. */
        boolean mayReplace(Connection newcomer, long millis) {
            if (has(newcomer)) {
                return true;
            }
            Takeovers known = takeovers;
            if (known == null) {
                known = new Takeovers();
                takeovers = known;
            }
            if (known.areRestless(millis)) {
                return false;
            }
            known.add(millis);
            return true;
        }

        /** Returns whether nobody was told yet that newcomers are refused. */
        boolean tell() {
            return takeovers != null && takeovers.tell();
        }

        boolean has(Connection holder) {
            return newest == holder || before != null && before.contains(holder);
        }

        /** Returns whether anybody still has it. */
        boolean remove(Connection gone) {
            if (newest != gone) {
                boolean _ = before != null && before.remove(gone);
                return true;
            }
            if (before == null || before.isEmpty()) {
                return false;
            }
            newest = before.removeLast();
            return true;
        }
    }

    private final Map<String, Claim> claims = new ConcurrentHashMap<>();
    /** Null while nobody wants to know. */
    private volatile @Nullable Presence presence;

    /**
     * Takes an identity for a connection. With {@link Twice#REPLACE} whoever had it has given it up, and hands nothing
     * more on, when this returns.
     *
     * <p>Where somebody is told who is connected, connections may replace each other six times a minute. Then newcomers
     * are refused for a minute, and closed: two devices have one identity, it seems.
     *
     * @return whether it has it; else another one does
     */
    public boolean claim(String identity, Connection newcomer, Twice twice) {
        var decision = new Object() {
            boolean has = true;
            List<Connection> lost = List.of();
            boolean restless;
            boolean told = true;
            Connection holder = newcomer;
        };
        boolean bounded = isWatched();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        Claim _ = claims.compute(identity, (_, present) -> {
            if (present == null) {
                return new Claim(newcomer);
            }
            switch (twice) {
                case ALLOW -> present.add(newcomer);
                case REFUSE -> decision.has = present.has(newcomer);
                case REPLACE -> {
                    if (!bounded || present.mayReplace(newcomer, millis)) {
                        decision.lost = present.replace(newcomer);
                    } else {
                        decision.restless = true;
                        decision.told = !present.tell();
                        decision.holder = present.newest;
                    }
                }
            }
            return present;
        });
        decision.lost.forEach(former -> former.close(Reason.Closed.REPLACED));
        if (!decision.told) {
            log.warn(
                    "Device '{}' has connected from {} and {} in turns, six times in a minute: two devices seem to have"
                            + " its identity. The one at {} stays, and others are refused for a minute",
                    Visible.text(identity),
                    decision.holder.remote(),
                    newcomer.remote(),
                    decision.holder.remote());
        }
        if (decision.restless) {
            newcomer.close(Reason.Closed.RESTLESS);
            return false;
        }
        return decision.has;
    }

    /** Gives an identity up; does nothing if the connection does not have it. */
    public void release(String identity, Connection holder) {
        Presence told = presence;
        Claim _ = claims.computeIfPresent(identity, (_, present) -> {
            boolean newest = present.newest == holder;
            boolean held = present.remove(holder);
            if (told != null) {
                told.gone(identity, holder);
                if (present.announced == holder) {
                    // A newer one announces itself, once it has been answered.
                    present.announced = newest && held ? present.newest : null;
                    if (present.announced != null) {
                        told.connected(identity, present.announced);
                    }
                }
            }
            return held ? present : null;
        });
    }

    /** Returns whether somebody wants to know who is connected. */
    public boolean isWatched() {
        return presence != null;
    }

    /** Somebody wants to know who is connected, and is told of all who are. */
    public void watch(Presence watcher) {
        presence = watcher;
        for (String identity : claims.keySet()) {
            Claim _ = claims.computeIfPresent(identity, (_, present) -> {
                present.announced = present.newest;
                watcher.connected(identity, present.newest);
                return present;
            });
        }
    }

    /** Tells whoever wants to know that a connection reaches a device, unless that is known or another one does. */
    public void announce(String identity, Connection holder) {
        Presence told = presence;
        if (told == null) {
            return;
        }
        Claim _ = claims.computeIfPresent(identity, (_, present) -> {
            if (present.newest == holder && present.announced != holder) {
                present.announced = holder;
                told.connected(identity, holder);
            }
            return present;
        });
    }

    /** Returns the newest connection of a device. */
    public Optional<Connection> find(String identity) {
        return Optional.ofNullable(claims.get(identity)).map(claim -> claim.newest);
    }

    /** How many devices are connected. */
    public int size() {
        return claims.size();
    }
}
