package dev.sluice.sink;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Files that are appended to.
 *
 * @param path of the file, a template; directories are created
 * @param format of what is written for a message
 */
public record FileSinkProperties(
        String path, @DefaultValue("raw") Format format) {

    /** Of what is written for a message. */
    public enum Format {
        /** The payload and a line feed. */
        RAW,
        /** One JSON object a line. */
        JSON
    }
}
