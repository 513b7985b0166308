package dev.sluice.delivery;

import dev.sluice.sink.Sink;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All that is declared of routes.
 *
 * @param factory makes the sink of a name
 * @param sinks the names of those that it can make, whether a listener names them or not
 * @param routes of the listeners that have sinks
 */
public record DeclaredRoutes(Function<String, Sink> factory, Set<String> sinks, List<RouteDeclaration> routes) {

    Optional<RouteDeclaration> of(String listener) {
        return routes.stream()
                .filter(declaration -> declaration.listener().equals(listener))
                .findFirst();
    }

    Set<String> used() {
        return routes.stream()
                .flatMap(declaration -> declaration.sinks().stream())
                .collect(Collectors.toSet());
    }
}
