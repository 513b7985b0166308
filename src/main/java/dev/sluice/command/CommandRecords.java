package dev.sluice.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.command.CommandRules.Written;
import dev.sluice.log.Keyed;
import dev.sluice.message.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How commands are written as records of Kafka, by replicas and by anybody else: the value is the content, the key the
 * device as {@code realm/identity}, and headers have what is said besides. What cannot be read is a command that is
 * refused, so that it has an outcome.
 */
final class CommandRecords {

    private static final Logger log = LoggerFactory.getLogger(CommandRecords.class);

    private static final String ID = "ce_id";
    private static final String TTL = "sluice-ttl";
    private static final String MODE = "sluice-mode";
    private static final String CONFIRM = "sluice-confirm";
    private static final String ATTEMPTS = "sluice-attempts";
    private static final String LISTENER = "sluice-listener";
    /** Names the replica that took the command, and has checked it. */
    private static final String TAKEN = "sluice-taken";

    private static final Pattern VALID_ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    private static final Pattern KEY = Pattern.compile("([a-z][a-z0-9-]{0,62})/(.+)", Pattern.DOTALL);
    private static final Pattern TIME = Pattern.compile("(\\d{1,10})(ms|s|m|h|d)");
    private static final long LONGEST_MILLIS = Duration.ofDays(365).toMillis();
    private static final int MOST_ATTEMPTS = 100;
    private static final int LONGEST_KEY = 200;
    private static final int MOST_WARNINGS = 20;

    private final CommandRules rules;
    private int warnings;

    CommandRecords(CommandRules rules) {
        this.rules = rules;
    }

    Keyed encode(Entry.Submitted command, String replica) {
        List<Header> headers = List.of(
                EntryRecords.header("ce_specversion", "1.0"),
                EntryRecords.header(ID, command.id()),
                EntryRecords.header("ce_source", "sluice/" + replica),
                EntryRecords.header("ce_type", "dev.sluice.command"),
                EntryRecords.header(TTL, command.ttlMillis() + "ms"),
                EntryRecords.header(MODE, word(command.mode())),
                EntryRecords.header(CONFIRM, word(command.confirm())),
                EntryRecords.header(ATTEMPTS, Integer.toString(command.attempts())),
                EntryRecords.header(LISTENER, command.listener()),
                EntryRecords.header(TAKEN, replica));
        return new Keyed(EntryRecords.bytes(command.device().toString()), command.payload(), headers);
    }

    static String word(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Entry.Submitted decode(ConsumerRecord<byte[], byte[]> found) {
        String place = found.topic() + "-" + found.partition() + "-" + found.offset();
        String said = text(found, ID);
        boolean named = said != null && VALID_ID.matcher(said).matches();
        String id = said != null && named ? said : place;
        byte[] payload = found.value() == null ? new byte[0] : found.value();
        Device device = null;
        try {
            device = device(found.key());
            if (said != null && !named) {
                throw new IllegalArgumentException("ce_id is not up to 64 letters, digits, '.', '_', ':' and '-'");
            }
            Written written = new Written(
                    device,
                    payload,
                    duration(text(found, TTL)),
                    choice(MODE, text(found, MODE), Mode.values()),
                    choice(CONFIRM, text(found, CONFIRM), Confirm.values()));
            Entry.Submitted taken = taken(found, id, written);
            if (taken != null) {
                return taken;
            }
            NewCommand command = rules.complete(id, written);
            return new Entry.Submitted(
                    device,
                    id,
                    command.mode(),
                    command.attempts(),
                    command.ttl().toMillis(),
                    command.confirm(),
                    payload,
                    command.listener());
        } catch (IllegalArgumentException | RefusedException ex) {
            warn(place, ex);
            Device whose = device == null ? unreadable(found.key()) : device;
            return new Entry.Submitted(whose, id, Mode.AT_MOST_ONCE, 0, 0, Confirm.WRITTEN, new byte[0], "");
        }
    }

    /** Null if it was taken by no replica, or does not say enough. */
    private static Entry.@Nullable Submitted taken(ConsumerRecord<byte[], byte[]> found, String id, Written written) {
        String attempts = text(found, ATTEMPTS);
        Duration ttl = written.ttl();
        Mode mode = written.mode();
        Confirm confirm = written.confirm();
        if (text(found, TAKEN) == null || attempts == null || ttl == null || mode == null || confirm == null) {
            return null;
        }
        if (!attempts.matches("\\d{1,3}") || Integer.parseInt(attempts) < 1) {
            throw new IllegalArgumentException(ATTEMPTS + " is no number from 1 to " + MOST_ATTEMPTS);
        }
        int most = Math.min(MOST_ATTEMPTS, Integer.parseInt(attempts));
        String said = text(found, LISTENER);
        String listener = said == null || !NAME.matcher(said).matches() ? "" : said.intern();
        return new Entry.Submitted(
                written.device(), id, mode, most, ttl.toMillis(), confirm, written.payload(), listener);
    }

    private static Device device(byte @Nullable [] key) {
        Matcher matcher = KEY.matcher(key == null ? "" : new String(key, UTF_8));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("its key is not realm/identity");
        }
        String identity = matcher.group(2);
        if (identity.length() > Origin.LONGEST_IDENTITY || identity.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "the identity in its key is not up to " + Origin.LONGEST_IDENTITY + " visible characters");
        }
        return new Device(matcher.group(1).intern(), identity);
    }

    /** Somebody whom nobody else can be, so that the outcome has a key. */
    private static Device unreadable(byte @Nullable [] key) {
        String text = key == null ? "" : new String(key, UTF_8);
        StringBuilder visible = new StringBuilder();
        text.codePoints()
                .limit(LONGEST_KEY)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '_' : c)
                .forEach(visible::appendCodePoint);
        return new Device("", visible.toString());
    }

    private static @Nullable Duration duration(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(TTL + " is no time with its unit, such as 30s, 5m or 2h");
        }
        long number = Long.parseLong(matcher.group(1));
        long unit = switch (matcher.group(2)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
        };
        if (number == 0 || number > LONGEST_MILLIS / unit) {
            throw new IllegalArgumentException(TTL + " must be more than 0, and a year at the most");
        }
        return Duration.ofMillis(number * unit);
    }

    private static <E extends Enum<E>> @Nullable E choice(String name, @Nullable String said, E[] all) {
        if (said == null) {
            return null;
        }
        for (E one : all) {
            if (word(one).equals(said)) {
                return one;
            }
        }
        throw new IllegalArgumentException(name + " must be '" + word(all[0]) + "' or '" + word(all[1]) + "'");
    }

    static @Nullable String text(ConsumerRecord<byte[], byte[]> found, String name) {
        Header header = found.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }

    private void warn(String place, Exception ex) {
        if (warnings < MOST_WARNINGS) {
            warnings++;
            log.warn(
                    "The command at {} is refused: {}{}",
                    place,
                    ex.getMessage(),
                    warnings == MOST_WARNINGS ? ". Those that follow are refused without a word" : "");
        }
    }
}
