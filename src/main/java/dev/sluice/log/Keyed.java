package dev.sluice.log;

import java.util.List;
import org.apache.kafka.common.header.Header;

/** What is appended to a log of topics. */
public record Keyed(byte[] key, byte[] value, List<Header> headers) {

    long size() {
        long size = (long) key.length + value.length;
        for (Header header : headers) {
            size += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return size;
    }
}
