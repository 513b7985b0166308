package dev.sluice.sink.jdbc;

import dev.sluice.message.Envelope;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Confirmation.Failure;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkCheck;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * A database, on Spring Boot's {@code DataSource}.
 *
 * <p>Messages are stored as one batch in one transaction. Where one of them is to blame that the database refuses the batch
 * (see {@link Trouble}), they are stored again one by one, each in a transaction of its own, so that only the one that
 * cannot be stored is poison.
 *
 * <p>Messages come again after a crash, or when a commit's answer got lost. A statement that ignores an {@code :id} which is
 * there already (PostgreSQL's {@code on conflict (id) do nothing}) takes that in its stride and keeps the batch whole. With any
 * other statement that uses {@code :id}, a duplicate key is taken to say that the message was stored before, which confirms it,
 * and is logged, since another unique key of that table could be meant. Without {@code :id} in the statement it is poison.
 */
public final class JdbcSink implements Sink {

    private static final Logger logger = LoggerFactory.getLogger(JdbcSink.class);

    private final String name;
    private final Statement statement;
    private final Transactions transactions;

    /**
     * @param beans where the {@code DataSource} is
     * @throws IllegalArgumentException naming what is missing or cannot be
     */
    public JdbcSink(String name, JdbcSinkProperties properties, BeanFactory beans) {
        String key = "sluice.sinks." + name + ".jdbc";
        Duration timeout = properties.timeout();
        properties.check(SinkCheck.of(name, "jdbc"));
        DataSource database = beans.getBeanProvider(DataSource.class).getIfUnique();
        if (database == null) {
            throw new IllegalArgumentException(key + ": no database is configured. Set spring.datasource.url");
        }
        this.name = name;
        JdbcTemplate jdbc = new JdbcTemplate(database);
        jdbc.setQueryTimeout(Math.toIntExact(timeout.plusMillis(999).toSeconds()));
        statement = new Statement(properties.sql(), jdbc);
        transactions = new Transactions(new JdbcTransactionManager(database), timeout, name);
    }

    @Override
    public Confirmation send(List<? extends Envelope> messages) throws InterruptedException {
        try {
            transactions.run(() -> statement.execute(messages));
            return Confirmation.ALL;
        } catch (RuntimeException ex) {
            return Trouble.isOfTheMessage(ex)
                    ? oneByOne(messages)
                    : Confirmation.none(messages.size(), Failure.passing(Trouble.reason(ex)));
        }
    }

    private Confirmation oneByOne(List<? extends Envelope> messages) throws InterruptedException {
        Map<Integer, Failure> failures = new HashMap<>();
        boolean away = false;
        for (int i = 0; i < messages.size(); i++) {
            Optional<Failure> failure =
                    away ? Optional.of(Failure.held("behind a message that failed")) : store(messages.get(i));
            if (failure.isPresent()) {
                failures.put(i, failure.get());
                away |= !failure.get().poison();
            }
        }
        return Confirmation.allBut(failures);
    }

    private Optional<Failure> store(Envelope message) throws InterruptedException {
        try {
            transactions.run(() -> statement.execute(message));
            return Optional.empty();
        } catch (RuntimeException ex) {
            String reason = Trouble.reason(ex);
            if (Trouble.isDuplicate(ex) && statement.uses(Parameter.ID)) {
                logger.info("Sink '{}': message {} counts as stored before: {}", name, message.id(), reason);
                return Optional.empty();
            }
            return Optional.of(new Failure(reason, Trouble.isOfTheMessage(ex)));
        }
    }

    /** The {@code DataSource} is not ours to close. */
    @Override
    public void close() {
        transactions.close();
    }
}
