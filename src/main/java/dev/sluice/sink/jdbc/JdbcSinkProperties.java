package dev.sluice.sink.jdbc;

import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A database.
 *
 * @param sql a statement with named parameters: {@code :id :listener :connection :sequence :remote_address :remote_port
 *     :received_at} (a timestamp with time zone) {@code :payload} (bytes) {@code :text} (the payload decoded by the
 *     listener's charset) {@code :identity :rule}, and the fields that rules find, which are text, with {@code _} for a
 *     hyphen in their names. One that does nothing where the {@code :id} is there already stores each message once,
 *     however often it comes
 * @param stored a query with the same parameters, asked when the statement violates a unique key: a row says that the
 *     message was stored before, none that it is a dead letter. If absent, it follows from a plain {@code insert into
 *     T(…) values (…)} in which one column gets {@code :id} alone; from any other statement nothing follows, and the
 *     message is a dead letter
 * @param timeout for getting a connection, and for a batch
 */
public record JdbcSinkProperties(
        String sql,
        @Nullable String stored,
        @DefaultValue("10s") Duration timeout) implements SinkDeclaration {

    @Override
    public void check(Check check) {
        check.parsed("sql", () -> Statement.parameters(sql, check::hasField));
        if (stored != null) {
            check.parsed("stored", () -> Statement.parameters(stored, check::hasField));
        }
        check.timeout(timeout);
    }

    @Override
    public Sink open(String name, BeanFactory beans) {
        return new JdbcSink(name, this, beans);
    }
}
