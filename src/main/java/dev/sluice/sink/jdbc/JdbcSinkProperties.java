package dev.sluice.sink.jdbc;

import dev.sluice.sink.SinkCheck;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A database.
 *
 * @param sql a statement with named parameters: {@code :id :listener :connection :sequence :remote_address :remote_port
 *     :received_at} (a timestamp with time zone) {@code :payload} (bytes) {@code :text} (the payload decoded as UTF-8). One
 *     that does nothing where the {@code :id} is there already stores each message once, however often it comes
 * @param timeout for getting a connection, and for a batch
 */
public record JdbcSinkProperties(
        String sql, @DefaultValue("10s") Duration timeout) {

    /** What is wrong with it. */
    public void check(SinkCheck check) {
        check.parsed("sql", () -> Statement.parameters(sql));
        check.timeout(timeout);
    }
}
