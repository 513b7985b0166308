package dev.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.transport.IdentityProperties.Twice;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which connection a device is reached by. */
final class IdentitiesTests {

    private final Identities identities = new Identities();
    private final List<Connection> closed = new ArrayList<>();

    /** One that only notes that it is closed. */
    private Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    return switch (method.getName()) {
                        case "hashCode" -> System.identityHashCode(self);
                        case "equals" -> self == arguments[0];
                        case "remote" -> new InetSocketAddress("192.0.2.1", 4711);
                        case "close" -> closed.add((Connection) self) ? null : null;
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
    }

    @Test
    void aDeviceIsReachedByItsNewestConnectionThatIsOpen() {
        Connection first = connection();
        Connection second = connection();
        Connection third = connection();
        for (Connection one : List.of(first, second, third, first)) {
            assertThat(identities.claim("A", one, Twice.ALLOW)).isTrue();
        }
        assertThat(identities.find("A")).containsSame(first);
        identities.release("A", second);
        identities.release("A", first);
        assertThat(identities.find("A")).containsSame(third);
        identities.release("A", first);
        identities.release("A", third);
        assertThat(identities.find("A")).isEmpty();
        assertThat(identities.size()).isZero();
        assertThat(closed).isEmpty();
    }

    @Test
    void twoDevicesWithOneIdentityDoNotReplaceEachOtherForEver() {
        identities.watch(new Presence() {
            @Override
            public void connected(String identity, Connection connection) {}

            @Override
            public void gone(String identity, Connection connection) {}
        });
        for (int i = 0; i < 7; i++) {
            assertThat(identities.claim("A", connection(), Twice.REPLACE)).isTrue();
        }
        assertThat(closed).hasSize(6);
        Connection refused = connection();
        assertThat(identities.claim("A", refused, Twice.REPLACE)).isFalse();
        assertThat(closed).hasSize(7).last().isSameAs(refused);
        assertThat(identities.claim("A", identities.find("A").orElseThrow(), Twice.REPLACE))
                .isTrue();
        assertThat(identities.claim("B", connection(), Twice.REPLACE)).isTrue();
    }

    @Test
    void whoReplacesClosesAllOthers() {
        Connection first = connection();
        Connection second = connection();
        Connection third = connection();
        identities.claim("A", first, Twice.ALLOW);
        identities.claim("A", second, Twice.ALLOW);
        assertThat(identities.claim("A", third, Twice.REPLACE)).isTrue();
        assertThat(identities.claim("A", third, Twice.REPLACE)).isTrue();
        assertThat(closed).containsExactly(first, second);
        identities.release("A", second);
        assertThat(identities.find("A")).containsSame(third);
        assertThat(identities.claim("A", first, Twice.REFUSE)).isFalse();
        assertThat(identities.claim("A", third, Twice.REFUSE)).isTrue();
    }

    /** As gateways do that call all stations number 1. */
    @Test
    void manyConnectionsMayHaveOneIdentity() {
        List<Connection> many =
                IntStream.range(0, 50_000).mapToObj(_ -> connection()).toList();
        many.forEach(one -> identities.claim("1", one, Twice.ALLOW));
        assertThat(identities.find("1")).containsSame(many.getLast());
        many.forEach(one -> identities.release("1", one));
        assertThat(identities.size()).isZero();
    }

    /** Notes what it is told. */
    private static final class Told implements Presence {

        private final List<String> told = new ArrayList<>();
        private final List<Connection> connections;

        Told(Connection... connections) {
            this.connections = List.of(connections);
        }

        @Override
        public void connected(String identity, Connection connection) {
            told.add(identity + " at " + connections.indexOf(connection));
        }

        @Override
        public void gone(String identity, Connection connection) {
            told.add(identity + " not at " + connections.indexOf(connection));
        }
    }

    @Test
    void whoWatchesIsToldOfEachDeviceOnceItIsAnnounced() {
        Connection first = connection();
        Connection second = connection();
        Told told = new Told(first, second);
        assertThat(identities.isWatched()).isFalse();
        identities.announce("A", first);
        identities.claim("A", first, Twice.ALLOW);
        identities.watch(told);
        assertThat(identities.isWatched()).isTrue();
        assertThat(told.told).containsExactly("A at 0");
        told.told.clear();

        identities.announce("A", first);
        assertThat(told.told).as("Known already").isEmpty();
        identities.claim("A", second, Twice.ALLOW);
        assertThat(told.told).as("Not answered yet").isEmpty();
        identities.announce("A", second);
        identities.announce("A", first);
        assertThat(told.told).containsExactly("A at 1");
        told.told.clear();

        identities.release("A", second);
        assertThat(told.told).as("The elder one is the newest again").containsExactly("A not at 1", "A at 0");
        identities.release("A", first);
        assertThat(told.told).endsWith("A not at 0").hasSize(3);
        identities.announce("A", first);
        assertThat(told.told).hasSize(3);
    }

    @Test
    void whoReplacesIsAnnouncedByItselfAlone() {
        Connection first = connection();
        Connection second = connection();
        Told told = new Told(first, second);
        identities.watch(told);
        identities.claim("A", first, Twice.REPLACE);
        identities.announce("A", first);
        identities.claim("A", second, Twice.REPLACE);
        identities.release("A", first);
        assertThat(told.told).as("Its login is not answered yet").containsExactly("A at 0", "A not at 0");
        identities.announce("A", second);
        assertThat(told.told).endsWith("A at 1");
    }
}
