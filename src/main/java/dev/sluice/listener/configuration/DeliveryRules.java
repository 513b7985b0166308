package dev.sluice.listener.configuration;

import dev.sluice.delivery.DeliveryProperties;
import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.handler.ReplyProperties.After;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.util.unit.DataSize;

/** Where a listener's messages go, and what their way there can be. */
final class DeliveryRules {

    private static final DataSize SMALLEST = DataSize.ofMegabytes(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final List<String> OF_SPOOLS =
            List.of("max-spool-size", "when-full", "attempts", "backoff", "max-backoff");

    private final Declared<ListenerProperties> listener;
    private final Collection<String> sinks;

    /**
     * @param sinks that are declared
     */
    DeliveryRules(Declared<ListenerProperties> listener, Collection<String> sinks) {
        this.listener = listener;
        this.sinks = sinks;
    }

    void check() {
        List<String> named = listener.properties().sinks();
        for (int i = 0; i < named.size(); i++) {
            checkSink(named.get(i), i, named.indexOf(named.get(i)) < i);
        }
        if (named.isEmpty()
                && listener.properties().reply().after() == After.DELIVERED
                && listener.saysItself("reply.after")) {
            listener.report("reply.after", "'delivered' needs 'sinks' to deliver to. Name one, or write 'accepted'");
        }
        DeliveryProperties delivery = listener.properties().delivery();
        if (delivery.mode() == Mode.DIRECT) {
            checkMeaningless();
        } else {
            checkSpool(delivery);
        }
    }

    private void checkSink(String name, int index, boolean again) {
        String element = "sinks[" + index + "]";
        String key = listener.at(element).isPresent() ? element : "sinks";
        if (again) {
            listener.report(key, "'" + name + "' is named twice. Remove one");
        } else if (sinks.stream().noneMatch(name::equals)) {
            listener.report(key, "there is no sink '" + name + "'." + cure(name));
        }
    }

    private String cure(String name) {
        if (sinks.isEmpty()) {
            return " Declare it under 'sluice.sinks'";
        }
        String suggestion = Nearest.suggestion(name, sinks);
        return suggestion.isEmpty()
                ? sinks.stream().map(sink -> "'" + sink + "'").collect(Collectors.joining(", ", " There are ", ""))
                : suggestion;
    }

    private void checkMeaningless() {
        for (String key : OF_SPOOLS) {
            if (listener.saysItself("delivery." + key)) {
                listener.report(
                        "delivery." + key,
                        "is only for mode 'durable', and the mode is 'direct', in which nothing waits. Remove it");
            }
        }
    }

    private void checkSpool(DeliveryProperties delivery) {
        if (delivery.maxSpoolSize().compareTo(SMALLEST) < 0) {
            listener.report("delivery.max-spool-size", delivery.maxSpoolSize() + " is less than 1MB");
        }
        if (delivery.attempts() < 0) {
            listener.report("delivery.attempts", delivery.attempts() + " is negative. Give 0 to go on until it works");
        }
        boolean positive = delivery.backoff().isPositive();
        if (!positive) {
            listener.report("delivery.backoff", "must be more than 0");
        }
        if (delivery.maxBackoff().compareTo(LONGEST) > 0) {
            listener.report("delivery.max-backoff", "is more than a day");
        } else if (positive && delivery.backoff().compareTo(delivery.maxBackoff()) > 0) {
            listener.report(
                    listener.says("delivery.backoff") ? "delivery.backoff" : "delivery.max-backoff",
                    "backoff " + text(delivery.backoff()) + " is more than max-backoff " + text(delivery.maxBackoff()));
        }
    }

    /** As an operator writes it. */
    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
