package dev.sluice.sink.file;

import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import dev.sluice.sink.Specimen;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Files that are appended to.
 *
 * @param path of the file, a template; directories are created. What a value must not bring into a name (a separator, a
 *     leading dot, control characters, what makes it one of a spool's or of a file that was put aside) is replaced by
 *     {@code _}, and names are cut at 255 bytes, or 226 with {@code rotate}, so that values that differ in nothing else
 *     share a file
 * @param format of what is written for a message
 * @param rotate when a file is put aside for a new one; never if absent
 */
public record FileSinkProperties(
        String path,
        @DefaultValue("raw") Format format,
        @NestedConfigurationProperty @Nullable RotationProperties rotate)
        implements SinkDeclaration {

    @Override
    public void check(Check check) {
        if (check.present("path", path, "the path of a file, such as data/archive/{listener}.log")) {
            check.parsed("path", () -> template(check::hasField));
        }
        if (rotate != null) {
            rotate.check(check);
        }
    }

    @Override
    public Sink open(String name, BeanFactory beans) {
        return new FileSink(this);
    }

    /** Of which it is known that it can be. */
    FilePath template() {
        return template(_ -> true);
    }

    private FilePath template(Predicate<String> fields) {
        return new FilePath(path, fields, rotate == null ? 0 : RotatedFiles.SUFFIX);
    }

    /**
     * The path of the file that some message of this listener would go to.
     *
     * @throws IllegalArgumentException if the path cannot be that of a file
     */
    public Path example(String listener) {
        return Path.of(template().of(Specimen.of(listener)));
    }

    /** Whether this is the name of a file that spools keep in the data directory. */
    public static boolean isSpools(Path file) {
        return FilePath.isSpools(file.getFileName().toString());
    }

    /** Of what is written for a message. */
    public enum Format {
        /** The payload and a line feed; a payload that holds line feeds itself makes several lines. */
        RAW,
        /**
         * One JSON object a line, an event of CloudEvents 1.0: {@code id source type time listener connection sequence
         * remoteaddress}, {@code subject} if it is known who the device is, the payload as {@code data} if it is text
         * in the listener's charset, else as {@code data_base64}, and the {@code rule} that fits the message with its
         * {@code fields}, if there are any.
         */
        JSON
    }
}
