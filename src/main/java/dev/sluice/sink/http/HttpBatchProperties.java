package dev.sluice.sink.http;

import dev.sluice.check.Check;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Many messages in one request.
 *
 * @param format how they stand in its body
 * @param maxMessages how many are in a request at the most
 * @param maxSize of a body before it is compressed; a message that is larger goes alone
 * @param item what of a message is an item; an event of CloudEvents in any case where that is the format
 * @param before a line in front of each item of {@code ndjson}, a template of JSON, as {@code
 *     {"index":{"_id":"{id}"}}}. A brace is a placeholder's only if a name follows, and values are escaped as in a text
 *     of JSON
 * @param results where the answer says what became of each item; if nowhere, the status is that of all
 */
public record HttpBatchProperties(
        @DefaultValue("ndjson") Format format,
        @DefaultValue("1000") int maxMessages,
        @DefaultValue("1MB") DataSize maxSize,
        @DefaultValue("payload") Item item,
        @Nullable String before,
        @DefaultValue("none") Results results) {

    /** As many as any sink takes at a time. */
    private static final int MOST_MESSAGES = 10_000;

    private static final DataSize LEAST_SIZE = DataSize.ofKilobytes(1);
    private static final DataSize MOST_SIZE = DataSize.ofMegabytes(100);

    void check(Check check) {
        check.that(
                maxMessages >= 1 && maxMessages <= MOST_MESSAGES, "max-messages", "must be from 1 to " + MOST_MESSAGES);
        check.that(
                maxSize.compareTo(LEAST_SIZE) >= 0 && maxSize.compareTo(MOST_SIZE) <= 0,
                "max-size",
                "must be from 1KB to 100MB");
        check.that(
                format != Format.CLOUDEVENTS || !check.saysItself("item"),
                "item",
                "is not for format 'cloudevents', whose items are events");
        String line = before;
        if (line != null && check.that(format == Format.NDJSON, "before", "is only for format 'ndjson'")) {
            check.parsed("before", () -> new BeforeLine(line, check::hasField));
        }
        check.that(
                results == Results.NONE || format == Format.NDJSON && line != null,
                "results",
                "'elasticsearch' goes with format 'ndjson' and a line 'before' each item, such as"
                        + " {\"create\":{\"_id\":\"{id}\"}}");
    }

    /** How messages stand in a body. */
    public enum Format {
        /** A line each, in {@code application/x-ndjson}. */
        NDJSON,
        /** A JSON array, in {@code application/json}. */
        JSON_ARRAY,
        /** A JSON array of events, in {@code application/cloudevents-batch+json}. */
        CLOUDEVENTS
    }

    /** What of a message is an item. */
    public enum Item {
        /** The payload, which has to be one JSON value; a message with another is a dead letter. */
        PAYLOAD,
        /** An object with the payload and all that is known of the message, as in a file of format {@code json}. */
        JSON
    }

    /** Where the answer says what became of each item. */
    public enum Results {
        /** It does not. */
        NONE,
        /** In its body, as {@code _bulk} of Elasticsearch and OpenSearch answers. */
        ELASTICSEARCH
    }
}
