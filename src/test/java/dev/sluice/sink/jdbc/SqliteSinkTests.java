package dev.sluice.sink.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Failure.Kind;
import dev.sluice.sink.StreamMessage;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database whose driver knows no SQLSTATE. */
@Timeout(60)
final class SqliteSinkTests {

    @TempDir
    private Path directory;

    private HikariDataSource database;
    private JdbcClient jdbc;

    @BeforeEach
    void makeATable() {
        database = DataSourceBuilder.create()
                .type(HikariDataSource.class)
                .url("jdbc:sqlite:" + directory.resolve("inbox") + "?busy_timeout=100")
                .build();
        jdbc = JdbcClient.create(database);
        jdbc.sql("create table inbox(id text primary key, line text unique check (length(line) < 100))")
                .update();
    }

    @AfterEach
    void closeThePool() {
        database.close();
    }

    private JdbcSink sink() {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerSingleton("dataSource", database);
        return new JdbcSink(
                "table",
                new JdbcSinkProperties("insert into inbox(id, line) values (:id, :text)", null, Duration.ofSeconds(10)),
                beans);
    }

    private static StreamMessage message(long sequence, String text) {
        return StreamMessage.of("s", sequence, text.getBytes(UTF_8));
    }

    @Test
    void onlyAMessageThatIsThereAlreadyCountsAsStored() throws Exception {
        try (JdbcSink sink = sink()) {
            List<StreamMessage> messages = List.of(message(1, "one"), message(2, "two"), message(3, "one"));
            Confirmation<Failure> first = sink.send(messages);
            Confirmation<Failure> second = sink.send(messages);

            assertThat(first.failures()).hasSize(1);
            assertThat(first.failure(2))
                    .isEqualTo(Failure.poison("[SQLITE_CONSTRAINT_UNIQUE] A UNIQUE constraint failed (UNIQUE constraint"
                            + " failed: inbox.line)"));
            assertThat(second.failures()).hasSize(1);
            assertThat(second.failure(2)).isEqualTo(first.failure(2));
            assertThat(jdbc.sql("select line from inbox order by id")
                            .query(String.class)
                            .list())
                    .containsExactly("one", "two");
        }
    }

    @Test
    void aConstraintIsOfTheMessageAndALockIsNot() throws Exception {
        try (JdbcSink sink = sink()) {
            assertThat(sink.send(List.of(message(1, "x".repeat(200)), message(2, "fine")))
                            .failure(0))
                    .extracting(Failure::kind)
                    .isEqualTo(Kind.POISON);
            try (Connection other = database.getConnection()) {
                other.createStatement().execute("begin exclusive");
                assertThat(sink.send(List.of(message(3, "later"))).failure(0))
                        .extracting(Failure::kind)
                        .isEqualTo(Kind.PASSING);
                other.createStatement().execute("rollback");
            }
            assertThat(sink.send(List.of(message(3, "later"))).complete()).isTrue();
        }
    }
}
