package dev.sluice.sink.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.message.Origin;
import dev.sluice.message.Template;
import dev.sluice.message.Template.Placeholder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a message goes in the file system. Peers choose some of the values, so none can leave its directory or name
 * another: only the template's own text brings separators and leading dots.
 *
 * <p>Rendered once for messages in a row from one origin on one day, where the template can't tell these apart.
 */
final class FilePath {

    /** Of Linux and most others, in bytes. */
    private static final int LONGEST_NAME = 255;

    private static final char HARMLESS = '_';
    private static final long MILLIS_OF_DAY = TimeUnit.DAYS.toMillis(1);
    private static final Set<Placeholder> OF_ORIGIN = EnumSet.of(
            Placeholder.LISTENER,
            Placeholder.CONNECTION,
            Placeholder.REMOTE_ADDRESS,
            Placeholder.REMOTE_PORT,
            Placeholder.DATE,
            Placeholder.REASON,
            Placeholder.IDENTITY);
    /** What this system can write into a file's name, which in a bare locale is but ASCII. */
    private static final Charset OF_NAMES =
            Charset.forName(Objects.requireNonNullElse(System.getProperty("sun.jnu.encoding"), "UTF-8"), UTF_8);

    private record Rendered(Origin origin, long day, String path) {}

    private final Template template;
    private final int longestName;
    private final boolean reserved;
    private final boolean sameForOrigin;
    private final boolean sameForListener;
    private volatile @Nullable Rendered last;

    /**
     * @param fields whether messages may have a field of such a name
     * @param room that names leave for what is added to them, in bytes
     * @throws IllegalArgumentException if it isn't the template of a file's path
     */
    FilePath(String text, Predicate<String> fields, int room) {
        if (text.isBlank() || text.endsWith("/")) {
            throw new IllegalArgumentException("'" + text + "' names no file; write as data/archive/{listener}.log");
        }
        // What cannot be in a path at all is told now, and not by every message.
        var _ = Path.of(text);
        this.template = Template.parse(text, UTF_8, fields);
        this.longestName = LONGEST_NAME - room;
        Set<Placeholder> placeholders = template.placeholders();
        this.sameForOrigin =
                OF_ORIGIN.containsAll(placeholders) && template.fields().isEmpty();
        this.sameForListener = sameForOrigin
                && Collections.disjoint(
                        placeholders,
                        EnumSet.of(
                                Placeholder.CONNECTION,
                                Placeholder.REMOTE_ADDRESS,
                                Placeholder.REMOTE_PORT,
                                Placeholder.IDENTITY));
        String plain = name(new String(template.example(String.valueOf(HARMLESS)), UTF_8));
        if (RotatedFiles.isName(plain)) {
            throw new IllegalArgumentException(
                    "'" + plain + "' is a name of files that were put aside. Choose one that does not end in a time");
        }
        this.reserved = isSpools(plain);
    }

    /** Whether spools have files of such names, in the data directory. */
    static boolean isSpools(String name) {
        return name.equals(".lock") || name.contains(".spool");
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * @throws UnknownFieldException if a rule has to be mended before messages like this can go anywhere
     */
    String of(Envelope message) {
        if (!sameForOrigin) {
            return render(message);
        }
        long day = Math.floorDiv(message.receivedAt(), MILLIS_OF_DAY);
        Rendered known = last;
        if (known != null && known.day == day && same(known.origin, message.origin())) {
            return known.path;
        }
        String path = render(message);
        last = new Rendered(message.origin(), day, path);
        return path;
    }

    private boolean same(Origin one, Origin other) {
        return sameForListener ? one.listener().equals(other.listener()) : one.equals(other);
    }

    private String render(Envelope message) {
        String path = new String(template.render(message, FilePath::harmless), UTF_8);
        return free(
                path.length() * 3 <= longestName
                        ? path
                        : Stream.of(path.split("/", -1)).map(this::shortened).collect(Collectors.joining("/")));
    }

    /** Without a name that values have made into one of a spool's, or of a file that was put aside. */
    private String free(String path) {
        String name = name(path);
        return RotatedFiles.isName(name) || !reserved && isSpools(name)
                ? path.substring(0, path.length() - name.length()) + name.replace('.', HARMLESS)
                : path;
    }

    private static byte[] harmless(byte[] value) {
        if (value.length == 0) {
            return new byte[] {HARMLESS};
        }
        String text = new String(value, UTF_8);
        StringBuilder harmless = new StringBuilder();
        boolean leading = true;
        // What is longer than a name can be does not get into it, however long a payload is.
        for (int i = 0; i < text.length() && harmless.length() <= LONGEST_NAME; i = text.offsetByCodePoints(i, 1)) {
            int c = text.codePointAt(i);
            leading &= c == '.';
            harmless.appendCodePoint(leading || !fitsName(c) ? HARMLESS : c);
        }
        return harmless.toString().getBytes(UTF_8);
    }

    private static boolean fitsName(int c) {
        if (c >= ' ' && c < 0x7F) {
            return c != '/' && c != '\\';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> OF_NAMES.equals(UTF_8) || OF_NAMES.newEncoder().canEncode(Character.toString(c));
        };
    }

    private String shortened(String name) {
        byte[] bytes = name.getBytes(UTF_8);
        if (bytes.length <= longestName) {
            return name;
        }
        int end = longestName;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, UTF_8);
    }
}
