package dev.sluice.sink.jdbc;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A database.
 *
 * @param sql a statement with named parameters: {@code :id :listener :connection :sequence :remote-address :remote-port
 *     :received-at :payload :text}
 * @param timeout for a batch
 */
public record JdbcSinkProperties(
        String sql, @DefaultValue("10s") Duration timeout) {}
