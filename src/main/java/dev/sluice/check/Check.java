package dev.sluice.check;

import dev.sluice.message.Template;
import dev.sluice.text.KebabCase;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * What properties records ask of themselves, before anything is made of them. A look at a whole configuration collects
 * all that is wrong, {@link #of} ends at the first of it: both go through this, so that they cannot differ.
 *
 * <p>Keys are relative to the record: {@code path}, {@code framing.size}; the record itself is "".
 */
public interface Check {

    /** The longest time that is counted anywhere: its nanoseconds still fit into a {@code long}. */
    Duration LONGEST = Duration.ofDays(36_525);

    /**
     * Returns a check that ends at the first problem with a {@link CheckException}.
     *
     * @param path of the record, in front of its keys: {@code sluice.sinks.archive.file}; may be empty
     */
    static Check of(String path) {
        return new FirstProblem(path);
    }

    /** Takes what is wrong with the value of a key. */
    void report(String key, IllegalArgumentException problem);

    /** Returns whether somebody wrote the key, or one below it, here or as a default for all. */
    boolean says(String key);

    /** Returns whether somebody wrote the key for this very record, and a value with it. */
    boolean saysItself(String key);

    /** Returns whether the key is reported already, as unreadable, misspelt or misplaced; it then has its default. */
    boolean isReported(String key);

    /** Returns the check of a record within this one. */
    default Check at(String section) {
        return new CheckOfSection(this, section);
    }

    default void report(String key, String problem) {
        report(key, new IllegalArgumentException(problem));
    }

    /** Returns whether it holds, and reports it if not. */
    default boolean that(boolean holds, String key, String problem) {
        if (!holds) {
            report(key, problem);
        }
        return holds;
    }

    /**
     * @param example of what could be there
     * @return whether it is there
     */
    default boolean present(String key, @Nullable String value, String example) {
        return that(value != null && !value.isBlank(), key, "is missing. Give " + example);
    }

    /**
     * @param parse fails with an {@link IllegalArgumentException} if the value cannot be
     * @return whether it can be
     */
    default boolean parsed(String key, Runnable parse) {
        try {
            parse.run();
            return true;
        } catch (IllegalArgumentException ex) {
            report(key, ex);
            return false;
        }
    }

    /** Returns whether a message may have a field of this name, by a rule of its listener. */
    boolean hasField(String name);

    default void template(String key, @Nullable String text) {
        if (text != null) {
            parsed(key, () -> Template.parse(text, StandardCharsets.UTF_8, this::hasField));
        }
    }

    /** Reports a key that only one of several types has a use for, if {@code type} is another. */
    default void onlyFor(Enum<?> owner, Enum<?> type, String key) {
        that(
                owner == type || isReported("type") || !saysItself(key),
                key,
                "is only for type '" + KebabCase.of(owner.name()) + "', and the type is '" + KebabCase.of(type.name())
                        + "'");
    }

    /**
     * The host of a server, which is looked up when it is connected to.
     *
     * @param example of what could be there
     */
    default void host(String host, String example) {
        Pattern name = Pattern.compile("[^\\s:/@]+|\\[?[0-9a-fA-F]*:[0-9a-fA-F:.]+(%[^\\s/]+)?]?");
        if (present("host", host, example)) {
            that(
                    name.matcher(host).matches(),
                    "host",
                    "'" + host
                            + "' is neither a name nor an address. A port is said by 'port', and a scheme or path not"
                            + " at all");
        }
    }

    /** The port of a server; 0 if nobody gives one. */
    default void port(int port) {
        if (port != 0 || says("port")) {
            that(port >= 1 && port <= 65_535, "port", "must be from 1 to 65535");
        } else {
            report("port", "is missing. Give a port from 1 to 65535");
        }
    }

    /** A port of our own. */
    default void portToBind(@Nullable Integer port) {
        if (port == null) {
            report("port", "is missing. Give a port from 1 to 65535, or 0 for any free one");
        } else {
            that(
                    port >= 0 && port <= 65_535,
                    "port",
                    port + " is not a port. Give one from 1 to 65535, or 0 for any free one");
        }
    }

    /** An address of our own, or of a group; empty if it is none. */
    default Optional<InetAddress> address(String key, String address) {
        try {
            return Optional.of(InetAddress.getByName(address));
        } catch (UnknownHostException ex) {
            report(key, "'" + address + "' is neither an IP address nor a host that is known here");
            return Optional.empty();
        }
    }

    /** The size of a buffer of the kernel's. */
    default void buffer(String key, @Nullable DataSize size) {
        that(
                size == null || size.toBytes() >= 1 && size.toBytes() <= Integer.MAX_VALUE,
                key,
                size + " is not from 1B to 2047MB");
    }

    /** How long a server may take. */
    default void timeout(Duration timeout) {
        that(timeout.isPositive(), "timeout", "must be more than 0");
        that(timeout.compareTo(Duration.ofHours(1)) <= 0, "timeout", "must be 1h at the most");
    }
}
