package dev.sluice.bench;

import dev.sluice.bench.flow.Flow;
import dev.sluice.bench.load.Load;
import dev.sluice.bench.server.Server;
import dev.sluice.bench.study.Study;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What to measure and how long: the system properties {@code bench.…}, of which an empty one is like one that is
 * absent.
 *
 * @param loads {@code bench.loads}, by name, separated by commas, of which {@code lines-*} is every one that begins so;
 *     all if absent
 * @param servers {@code bench.servers}, likewise
 * @param serversChosen whether that is said; if not, a load may leave some out
 * @param studies {@code bench.studies}, which follow the loads and flows, like the loads
 * @param measured {@code bench.seconds} that one measurement takes
 * @param warmUp {@code bench.warmup} seconds of the same load for each server before the first round
 * @param rounds {@code bench.rounds} of each load
 * @param limit {@code bench.minutes} after which no further load or round begins; a sixth of it for each study
 * @param jvm {@code bench.jvm}, the flags of every server's JVM, separated by spaces
 * @param output {@code bench.output}, the directory for results and logs
 * @param jar {@code bench.jar}, the service
 * @param before {@code bench.before}, an earlier jar of it, which takes part as {@code before} and, to show the noise,
 *     as {@code again}
 * @param flows {@code bench.flows}, like the loads
 * @param profile {@code bench.profile}: whether to record what every Java server does, and to draw it
 */
public record Options(
        List<Load> loads,
        List<Server> servers,
        boolean serversChosen,
        List<Study> studies,
        Duration measured,
        Duration warmUp,
        int rounds,
        Duration limit,
        List<String> jvm,
        Path output,
        Path jar,
        @Nullable Path before,
        List<Flow> flows,
        boolean profile) {

    private static final String NONE = "none";

    static Options fromSystemProperties() {
        Path output = Path.of(text("output", "target/bench")).toAbsolutePath();
        Path jar = Path.of(text("jar", "target/sluice.jar")).toAbsolutePath();
        String earlier = text("before", "");
        Path before = earlier.isEmpty() ? null : Path.of(earlier).toAbsolutePath();
        List<Server> servers = Server.all(jar, before, output);
        return new Options(
                chosen("loads", Load.ALL, Load::name),
                chosen("servers", servers, Server::name),
                !text("servers", "").isEmpty(),
                chosen("studies", Study.ALL, Study::name),
                Duration.ofSeconds(number("seconds", 3)),
                Duration.ofSeconds(number("warmup", 10)),
                number("rounds", 5),
                Duration.ofMinutes(number("minutes", 60)),
                List.of(text("jvm", "-Xms512m -Xmx512m").split(" +")),
                output,
                jar,
                before,
                chosen("flows", List.of(Flow.values()), Flow::title),
                Boolean.parseBoolean(text("profile", "false")));
    }

    /** Those to be measured under that load. */
    List<Server> servers(Load load) {
        return servers.stream()
                .filter(server -> server.offers(load.task()))
                .filter(server -> serversChosen
                        || load.servers().isEmpty()
                        || load.servers().contains(server.name()))
                .toList();
    }

    /** Those named, in their usual order; none of them by the name {@value #NONE}. */
    private static <T> List<T> chosen(String key, List<T> all, Function<T, String> name) {
        List<String> known = all.stream().map(name).toList();
        List<String> wanted = Arrays.asList(text(key, String.join(",", known)).split(" *, *"));
        if (wanted.equals(List.of(NONE))) {
            return List.of();
        }
        for (String one : wanted) {
            if (known.stream().noneMatch(other -> means(one, other))) {
                throw new IllegalArgumentException(
                        "bench.%s: there is no '%s'. There are: %s".formatted(key, one, String.join(", ", known)));
            }
        }
        return all.stream()
                .filter(one -> wanted.stream().anyMatch(word -> means(word, name.apply(one))))
                .toList();
    }

    private static boolean means(String wanted, String name) {
        return wanted.endsWith("*") ? name.startsWith(wanted.substring(0, wanted.length() - 1)) : name.equals(wanted);
    }

    private static int number(String key, int ifAbsent) {
        String text = text(key, String.valueOf(ifAbsent));
        if (!text.matches("[1-9][0-9]{0,4}")) {
            throw new IllegalArgumentException("bench.%s: '%s' is not a number from 1 to 99999.".formatted(key, text));
        }
        return Integer.parseInt(text);
    }

    private static String text(String key, String ifAbsent) {
        String text = System.getProperty("bench." + key, "").strip();
        return text.isEmpty() ? ifAbsent : text;
    }
}
