package dev.sluice.device;

import dev.sluice.command.CommandTerms;
import dev.sluice.command.Confirm;
import dev.sluice.command.Device;
import dev.sluice.message.Origin;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.NumberField;
import dev.sluice.pattern.UnwritableException;
import dev.sluice.protocol.CommandTemplate;
import dev.sluice.transport.IdentityProperties.Twice;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the devices of a listener take commands. Immutable, and safe for many threads. */
public final class CommandForm {

    private static final InetSocketAddress NOBODY = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0);

    private final String listener;
    private final String realm;
    private final CommandsProperties properties;
    private final Charset charset;
    private final Framing framing;
    private final Twice twice;
    private final @Nullable CommandTemplate template;
    private final @Nullable AnswerPattern answers;
    private final CommandTerms terms;

    /**
     * @param realm of the identities of its devices
     * @param charset of text
     * @param framing of connections from now on
     * @param twice what becomes of two connections of a device
     * @throws IllegalArgumentException if it cannot be, which a check would have told
     */
    public CommandForm(
            String listener,
            String realm,
            CommandsProperties properties,
            Charset charset,
            Framing framing,
            Twice twice) {
        this.listener = listener;
        this.realm = realm;
        this.properties = properties;
        this.charset = charset;
        this.framing = framing;
        this.twice = twice;
        this.template = properties.template(charset, frames());
        NumberField number = template == null ? null : template.number();
        CommandsProperties.Answer answer = properties.confirm() == Confirm.ANSWER ? properties.answer() : null;
        this.answers = answer == null ? null : new AnswerPattern(answer, charset, number);
        this.terms = new CommandTerms(
                properties.confirm(),
                answers != null && answers.isNumbered() && number != null ? number.greatest() + 1 : 0,
                answers != null && answers.isIdentified(),
                answer == null ? CommandsProperties.TIMEOUT : answer.timeout());
    }

    public String listener() {
        return listener;
    }

    /** Of the identities of its devices. */
    public String realm() {
        return realm;
    }

    /** What the operator said. */
    public CommandsProperties properties() {
        return properties;
    }

    /** Of text that is submitted. */
    public Charset charset() {
        return charset;
    }

    /** The frames that a command has to be one of when it is submitted; null if it is made one, or needs not be. */
    public @Nullable Frames submittedFrames() {
        return template == null ? frames() : null;
    }

    private @Nullable Frames frames() {
        return framing instanceof Framing.Frames framed ? framed.patterns() : null;
    }

    /** Returns whether an answer says which command it belongs to. */
    public boolean isNumbered() {
        return terms.numbers() > 0;
    }

    CommandTerms terms() {
        return terms;
    }

    Twice twice() {
        return twice;
    }

    /** What tells answers; null if none are waited for. */
    @Nullable
    AnswerPattern answers() {
        return answers;
    }

    /** The greatest number that the template can write; 0 if it writes none. */
    long greatestNumber() {
        NumberField number = template == null ? null : template.number();
        return number == null ? 0 : number.greatest();
    }

    /**
     * Returns what is in the frame on its way to a device.
     *
     * @param device with its identity
     * @throws IllegalArgumentException if it cannot be written
     */
    byte[] encode(Origin device, byte[] payload, long number) {
        if (template == null) {
            return payload;
        }
        try {
            return template.render(device, payload, number);
        } catch (UnwritableException ex) {
            throw new IllegalArgumentException(ex.getMessage(), ex);
        }
    }

    /** Returns why a payload could be sent to no device; nothing if it can be, as far as that is known before. */
    public Optional<String> obstacle(Device device, byte[] payload) {
        try {
            Origin somewhere = new Origin(listener, "", "", NOBODY, device.identity());
            framing.encode(encode(somewhere, payload, greatestNumber()), new FrameBuffer());
            return Optional.empty();
        } catch (IllegalArgumentException ex) {
            return Optional.of(String.valueOf(ex.getMessage()));
        }
    }
}
