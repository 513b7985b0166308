package dev.sluice.sink.jdbc;

import dev.sluice.check.CheckException;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Sink;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * A database, on Spring Boot's {@code DataSource}.
 *
 * <p>Messages are stored as one batch in one transaction. Where one of them is to blame that the database refuses the
 * batch (see {@link JdbcFailures}), they are stored again one by one, each in a transaction of its own, so that only
 * the one that cannot be stored is poison.
 *
 * <p>Messages come again after a crash, or when a commit's answer got lost. A statement that ignores an {@code :id}
 * which is there already (PostgreSQL's {@code on conflict (id) do nothing}) takes that in its stride and keeps the
 * batch whole. With any other, a message that violates a unique key counts as stored only if a query finds it (see
 * {@link StoredQuery}), since another key of that table may be meant; else it is poison.
 */
final class JdbcSink implements Sink {

    private static final Logger logger = LoggerFactory.getLogger(JdbcSink.class);

    /** In a row, each of another stream, after which the rest is not tried. */
    private static final int MOST_FAILED = 2;

    private final String name;
    private final Statement statement;
    /** Finds a message that was stored before; absent where nobody knows how to. */
    private final Optional<Statement> stored;

    private final Transactions transactions;

    /**
     * @param beans where the {@code DataSource} is
     * @throws IllegalArgumentException naming what is missing or cannot be
     */
    JdbcSink(String name, JdbcSinkProperties properties, BeanFactory beans) {
        String key = "sluice.sinks." + name + ".jdbc";
        Duration timeout = properties.timeout();
        DataSource database = beans.getBeanProvider(DataSource.class).getIfUnique();
        if (database == null) {
            throw new CheckException(key, "no database is configured. Set spring.datasource.url", null);
        }
        this.name = name;
        JdbcTemplate jdbc = new JdbcTemplate(database);
        jdbc.setQueryTimeout(Math.toIntExact(timeout.plusMillis(999).toSeconds()));
        statement = new Statement(properties.sql(), jdbc);
        stored = Optional.ofNullable(properties.stored())
                .or(() -> StoredQuery.of(properties.sql()))
                .map(query -> new Statement(query, jdbc));
        transactions = new Transactions(new JdbcTransactionManager(database), timeout, name);
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        try {
            transactions.run(() -> statement.execute(messages));
            return Confirmation.all();
        } catch (RuntimeException ex) {
            return JdbcFailures.isOfOne(ex)
                    ? oneByOne(messages)
                    : Confirmation.none(messages.size(), JdbcFailures.failure(ex));
        }
    }

    /** Others go on where one fails, until as many as make it likely that the database is away. */
    private Confirmation<Failure> oneByOne(List<? extends Envelope> messages) throws InterruptedException {
        OrderedConfirmation confirmation = new OrderedConfirmation(messages);
        int failed = 0;
        for (int i = 0; i < messages.size(); i++) {
            if (failed >= MOST_FAILED) {
                confirmation.settle(i, Failure.held("behind messages that failed"));
            } else if (confirmation.isDue(i)) {
                Failure failure = store(messages.get(i));
                confirmation.settle(i, failure);
                failed = failure == null || failure.poison() ? 0 : failed + 1;
            }
        }
        return confirmation.confirmation();
    }

    private @Nullable Failure store(Envelope message) throws InterruptedException {
        try {
            transactions.run(() -> statement.execute(message));
            return null;
        } catch (RuntimeException ex) {
            return JdbcFailures.isDuplicate(ex) && stored.isPresent()
                    ? find(message, stored.get(), JdbcFailures.failure(ex))
                    : JdbcFailures.failure(ex);
        }
    }

    /** Answers null if the message was stored before. */
    private @Nullable Failure find(Envelope message, Statement query, Failure duplicate) throws InterruptedException {
        AtomicBoolean found = new AtomicBoolean();
        try {
            transactions.run(() -> found.set(query.finds(message)));
        } catch (RuntimeException ex) {
            return Failure.passing(
                    duplicate.reason() + "; whether it was stored before, nobody knows: " + JdbcFailures.reason(ex));
        }
        if (!found.get()) {
            return duplicate;
        }
        logger.info("Sink '{}': message {} was stored before: {}", name, message.id(), duplicate.reason());
        return null;
    }

    /** The {@code DataSource} is not ours to close. */
    @Override
    public void close() {
        transactions.close();
    }
}
