package dev.sluice.sink.file;

import dev.sluice.sink.SinkCheck;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Files that are appended to.
 *
 * @param path of the file, a template; directories are created. What a value must not bring into a name (a separator, a
 *     leading dot, control characters) is replaced by {@code _}, and names are cut at 255 bytes, so that values that differ
 *     in nothing else share a file
 * @param format of what is written for a message
 */
public record FileSinkProperties(
        String path, @DefaultValue("raw") Format format) {

    /** Says what is wrong with it. */
    public void check(SinkCheck check) {
        if (check.present("path", path, "the path of a file, such as data/archive/{listener}.log")) {
            check.parsed("path", () -> new FilePath(path));
        }
    }

    /** Of what is written for a message. */
    public enum Format {
        /** The payload and a line feed; a payload that holds line feeds itself makes several lines. */
        RAW,
        /**
         * One JSON object a line, an event of CloudEvents 1.0: {@code id source type time listener connection sequence
         * remoteaddress}, and the payload as {@code data} if it is text in UTF-8, else as {@code data_base64}.
         */
        JSON
    }
}
