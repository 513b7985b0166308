package dev.sluice.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.message.Envelope;
import dev.sluice.sink.RuledMessage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RouteTableTests {

    private static final Set<String> NAMED =
            IntStream.range(0, 20).mapToObj(i -> "sink" + i).collect(Collectors.toUnmodifiableSet());

    private final RouteTable table = new RouteTable(Map.of(), NAMED, List.of("sink0"), 1);

    private static Envelope message(@Nullable List<String> sinks) {
        return new RuledMessage(SpoolFolder.message(SpoolFolder.origin("c"), 1, "text"), sinks);
    }

    @Test
    void whereNoRuleNamesSinksThereIsOneWay() {
        Routing usual = table.of(List.of(message(null)));
        assertThat(table.of(List.of(message(null), message(null)))).isSameAs(usual);
        assertThat(usual.row()).isEqualTo(1);
        assertThat(usual.behind("sink0", 7)).isEqualTo(7);
        assertThat(usual.behind("sink1", 7)).isZero();
    }

    @Test
    void aRowGoesToAllSinksOfItsMessagesAndEachOfThemToItsOwn() {
        List<String> rule = List.of("sink1", "sink2");
        Routing routing = table.of(List.of(message(rule), message(null), message(List.of("sink2")), message(rule)));
        assertThat(routing.routes().get(routing.row())).containsExactlyInAnyOrder("sink0", "sink1", "sink2");
        assertThat(IntStream.range(0, 4).mapToObj(i -> routing.routes().get(routing.named(i))))
                .containsExactly(Set.copyOf(rule), Set.of("sink0"), Set.of("sink2"), Set.copyOf(rule));
        assertThat(routing.apart()).isEqualTo(Map.of("sink0", -3L, "sink1", 2L, "sink2", 3L));
        assertThat(routing.behind("sink0", 4)).isEqualTo(2);
        assertThat(routing.behind("sink2", 4)).isEqualTo(4);
        assertThat(routing.behind("sink3", 4)).isZero();
    }

    @Test
    void thereAreNotAsManyRoutesAsSetsOfSinks() {
        Set<Integer> rows = new HashSet<>();
        for (String one : NAMED) {
            for (String other : NAMED) {
                Routing routing = table.of(List.of(message(List.of(one)), message(List.of(other))));
                assertThat(routing.routes().get(routing.row())).contains(one, other);
                rows.add(routing.row());
            }
        }
        assertThat(rows).hasSizeBetween(20, 85);
    }

    /** Nothing is left for it in the row, though it is not done with all of that. */
    @Test
    void aSinkThatIsForgottenLeavesTheRowsOfOthersWhole() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create()) {
            try (Spool spool = folder.open(List.of("a", "c"), 1 << 20)) {
                List<Envelope> row = List.of(message(null), message(List.of("a")));
                assertThat(spool.append(row, true).get()).isZero();
                spool.acknowledge("a", 2, List.of(), List.of()).get();
                spool.acknowledge("c", 1, List.of(), List.of()).get();
            }
            for (int i = 0; i < 2; i++) {
                try (Spool spool = folder.open(List.of("a"), 1 << 20)) {
                    assertThat(spool.state().damaged()).isEmpty();
                    assertThat(spool.state().cursors()).isEqualTo(Map.of("a", 2L));
                }
            }
        }
    }
}
