package dev.sluice.management;

import dev.sluice.command.Confirm;
import dev.sluice.command.Device;
import dev.sluice.command.Mode;
import dev.sluice.command.NewCommand;
import dev.sluice.device.CommandForm;
import dev.sluice.device.CommandsProperties;
import dev.sluice.message.Origin;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.ReplyTemplate;
import dev.sluice.pattern.UnwritableException;
import dev.sluice.pattern.Values;
import dev.sluice.text.KebabCase;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * What somebody wants a device to be sent.
 *
 * @param identity of the device
 * @param text in the listener's charset
 * @param hex bytes, with text in quotes
 * @param base64 bytes
 * @param id by which the caller knows it; one is made if absent
 * @param ttl how long it may wait
 */
record CommandRequest(
        @Nullable String identity,
        @Nullable String text,
        @Nullable String hex,
        @Nullable String base64,
        @Nullable String id,
        @Nullable String ttl,
        @Nullable String confirm,
        @Nullable String mode) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");

    /**
     * Makes a command of it.
     *
     * @param form how the device takes commands
     * @throws Refused saying what is wrong with it
     */
    NewCommand command(CommandForm form) {
        CommandsProperties said = form.properties();
        Device device = new Device(form.realm(), checkedIdentity());
        if (id != null && !ID.matcher(id).matches()) {
            throw Refused.badRequest("'id' has up to 64 letters, digits, '.', '_', ':' and '-'");
        }
        byte[] payload = payload(form);
        if (payload.length > said.maxSize().toBytes()) {
            throw new Refused(
                    HttpStatus.CONTENT_TOO_LARGE,
                    "the command has " + payload.length + " bytes; "
                            + said.maxSize().toBytes() + " are allowed by 'commands.max-size' of listener '"
                            + form.listener() + "'");
        }
        form.obstacle(device, payload).ifPresent(problem -> {
            throw Refused.badRequest(
                    "the command cannot be written as listener '" + form.listener() + "' writes them: " + problem);
        });
        Mode mode = choice("mode", this.mode, Mode.class, said.mode());
        return new NewCommand(
                device,
                id == null ? UUID.randomUUID().toString() : id,
                payload,
                mode,
                mode == Mode.AT_MOST_ONCE ? 1 : said.attempts(),
                timeToLive(said),
                confirm(form),
                said.maxPending(),
                form.listener());
    }

    private String checkedIdentity() {
        if (identity == null || identity.isEmpty()) {
            throw Refused.badRequest("'identity' is needed: that of the device");
        }
        return checked(identity);
    }

    /**
     * @throws Refused if no device can be called so
     */
    static String checked(String identity) {
        if (identity.length() > Origin.LONGEST_IDENTITY || identity.codePoints().anyMatch(Character::isISOControl)) {
            throw Refused.badRequest("'identity' has up to " + Origin.LONGEST_IDENTITY + " visible characters");
        }
        return identity;
    }

    private Duration timeToLive(CommandsProperties said) {
        if (ttl == null) {
            return said.ttl();
        }
        Duration asked = WrittenDuration.of("ttl", ttl);
        if (!asked.isPositive() || asked.compareTo(said.maxTtl()) > 0) {
            throw Refused.badRequest(
                    "'ttl' must be more than 0 and " + words(said.maxTtl()) + " at the most, by 'commands.max-ttl'");
        }
        return asked;
    }

    private Confirm confirm(CommandForm form) {
        Confirm own = form.properties().confirm();
        Confirm asked = choice("confirm", confirm, Confirm.class, own);
        if (asked != own && !form.isNumbered()) {
            throw Refused.badRequest(
                    "'confirm' must be '" + KebabCase.of(own.name()) + "', as listener '" + form.listener()
                            + "' says: only where answers carry the number of their command can one say otherwise");
        }
        return asked;
    }

    private static <E extends Enum<E>> E choice(String name, @Nullable String said, Class<E> type, E otherwise) {
        if (said == null) {
            return otherwise;
        }
        Map<String, E> choices = new LinkedHashMap<>();
        for (E one : type.getEnumConstants()) {
            choices.put(KebabCase.of(one.name()), one);
        }
        return Optional.ofNullable(choices.get(said))
                .orElseThrow(() ->
                        Refused.badRequest("'" + name + "' must be '" + String.join("' or '", choices.keySet()) + "'"));
    }

    private static String words(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private byte[] payload(CommandForm form) {
        if (Stream.of(text, base64, hex).filter(Objects::nonNull).count() != 1) {
            throw Refused.badRequest("exactly one of 'text', 'hex' and 'base64' is needed");
        }
        Frames frames = form.submittedFrames();
        try {
            if (hex != null) {
                return written(ReplyTemplate.hex(hex), frames);
            }
            if (text != null) {
                if (frames != null) {
                    return written(ReplyTemplate.text(text, form.charset()), frames);
                }
                if (!form.charset().newEncoder().canEncode(text)) {
                    throw Refused.badRequest("'text' has characters that " + form.charset() + " cannot write");
                }
                return text.getBytes(form.charset());
            }
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException | UnwritableException ex) {
            String name = hex != null ? "hex" : text != null ? "text" : "base64";
            throw Refused.badRequest("'" + name + "' is not valid: " + ex.getMessage());
        }
    }

    /** Frames fill in length and checksum; nothing else is known yet. */
    private static byte[] written(ReplyTemplate template, @Nullable Frames frames) {
        ReplyTemplate sealed = template.sealedBy(frames);
        if (!sealed.names().isEmpty()) {
            throw new IllegalArgumentException("{" + sealed.names().getFirst()
                    + "} stands for nothing here: placeholders belong into 'commands' of the listener");
        }
        return sealed.render(NOTHING);
    }

    private static final Values NOTHING = new Values() {
        @Override
        public @Nullable String text(int index) {
            return null;
        }

        @Override
        public byte @Nullable [] bytes(int index) {
            return null;
        }

        @Override
        public Instant receivedAt() {
            return Instant.EPOCH;
        }
    };
}
