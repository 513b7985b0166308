package dev.sluice.sink.jdbc;

import static dev.sluice.sink.CheckedDeclaration.checked;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.DeviceMessage;
import dev.sluice.sink.EncodedMessage;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Failure.Kind;
import dev.sluice.sink.StreamMessage;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;

@Timeout(120)
final class JdbcSinkTests {

    private static final String INSERT = "insert into inbox(id, payload) values (:id, :payload)";

    @TempDir
    private static Path directory;

    private static Postgres postgres;
    private static Wire wire;

    private HikariDataSource database;
    private JdbcClient jdbc;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = Postgres.start(directory);
        wire = new Wire(postgres.port());
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        if (wire != null) {
            wire.close();
            postgres.close();
        }
    }

    @BeforeEach
    void makeATable() {
        database = database(postgres.port());
        jdbc = JdbcClient.create(database);
        jdbc.sql("drop table if exists inbox").update();
        jdbc.sql("create table inbox(id text primary key, payload bytea check (length(payload) < 100), line"
                        + " text, tag text unique, at timestamptz, listener text, connection text, sequence"
                        + " bigint, address inet, port int)")
                .update();
    }

    @AfterEach
    void closeThePool() {
        database.close();
    }

    private static HikariDataSource database(int port) {
        HikariDataSource database = DataSourceBuilder.create()
                .type(HikariDataSource.class)
                .url("jdbc:postgresql://localhost:" + port + "/postgres")
                .username("postgres")
                .build();
        database.setConnectionTimeout(1000);
        return database;
    }

    private static JdbcSink sink(DataSource database, String sql, String timeout) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerSingleton("dataSource", database);
        return new JdbcSink(
                "table",
                checked("table.jdbc", new JdbcSinkProperties(sql, null, Duration.parse("PT" + timeout))),
                beans);
    }

    private JdbcSink sink(String sql) {
        return sink(database, sql, "10S");
    }

    private JdbcSink sink(String sql, String stored) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerSingleton("dataSource", database);
        return new JdbcSink(
                "table", checked("table.jdbc", new JdbcSinkProperties(sql, stored, Duration.ofSeconds(10))), beans);
    }

    private static List<StreamMessage> texts(String... texts) {
        return IntStream.range(0, texts.length)
                .mapToObj(i -> StreamMessage.of("s", i + 1, texts[i].getBytes(UTF_8)))
                .toList();
    }

    private List<String> ids() {
        return jdbc.sql("select id from inbox order by id").query(String.class).list();
    }

    private static List<Failure> failures(Confirmation<Failure> confirmation, int messages) {
        return IntStream.range(0, messages).mapToObj(confirmation::failure).toList();
    }

    @Test
    void hasDefaults() {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource(Map.of("jdbc.sql", INSERT));

        assertThat(new Binder(source).bindOrCreate("jdbc", JdbcSinkProperties.class))
                .isEqualTo(new JdbcSinkProperties(INSERT, null, Duration.ofSeconds(10)));
    }

    @Test
    void everyParameterReachesItsColumn() throws Exception {
        byte[] payload = "grüße\n世界".getBytes(UTF_8);
        try (JdbcSink sink =
                sink("insert into inbox(id, listener, connection, sequence, address, port, at, payload, line) values"
                        + " (:id, :listener, :connection, :sequence, :remote_address::inet, :remote_port, :received_at,"
                        + " :payload, :text)")) {
            assertThat(sink.send(List.of(StreamMessage.of("s", 7, payload))).complete())
                    .isTrue();
        }

        assertThat(jdbc.sql("select id, listener, connection, sequence, host(address) address, port, payload, line"
                                + " from inbox")
                        .query()
                        .singleRow())
                .containsEntry("id", "s-7")
                .containsEntry("listener", "greeter")
                .containsEntry("connection", "s")
                .containsEntry("sequence", 7L)
                .containsEntry("address", "192.0.2.9")
                .containsEntry("port", 50_123)
                .containsEntry("payload", payload)
                .containsEntry("line", "grüße\n世界");
        assertThat(jdbc.sql("select at from inbox").query(OffsetDateTime.class).single())
                .isEqualTo(StreamMessage.RECEIVED_AT.atOffset(ZoneOffset.UTC));
    }

    @Test
    void fieldsAreTextThatAStatementCanCast() throws Exception {
        try (JdbcSink sink =
                sink("insert into inbox(id, line, listener, connection, sequence, payload, tag) values (:id, :identity,"
                        + " :imei, :rule, cast(:serial_number as int), decode(:raw, 'hex'), :note)")) {
            assertThat(sink.send(List.of(
                                    DeviceMessage.of("867")
                                            .with("imei", "'); drop table inbox; --")
                                            .with("serial-number", "258")
                                            .with("raw", "0d0a")
                                            .with("note", "half \ud83d"),
                                    DeviceMessage.of(null)
                                            .with("imei", "")
                                            .with("serial-number", null)
                                            .with("raw", null)
                                            .with("note", null)
                                            .numbered(2)))
                            .complete())
                    .isTrue();
        }

        List<Map<String, Object>> rows = jdbc.sql(
                        "select line, listener, connection, sequence, payload, tag from inbox" + " order by id")
                .query()
                .listOfRows();
        assertThat(rows.getFirst())
                .containsEntry("line", "867")
                .containsEntry("listener", "'); drop table inbox; --")
                .containsEntry("connection", "position")
                .containsEntry("sequence", 258L)
                .containsEntry("payload", new byte[] {13, 10})
                .containsEntry("tag", "half ?");
        assertThat(rows.getLast())
                .containsEntry("line", null)
                .containsEntry("listener", "")
                .containsEntry("sequence", null)
                .containsEntry("payload", null)
                .containsEntry("tag", null);
    }

    @Test
    void aFieldThatNoRuleHasIsToBeMended() throws Exception {
        try (JdbcSink sink = sink("insert into inbox(id, line) values (:id, :serial_number)")) {
            DeviceMessage first = DeviceMessage.of(null);
            Confirmation<Failure> confirmation = sink.send(List.of(
                    new DeviceMessage(
                            StreamMessage.of("t", 1).origin(),
                            7,
                            new byte[0],
                            first.with("serial-number", "5").fields()),
                    first,
                    first.with("serial-number", "6").numbered(2)));

            assertThat(confirmation.failures()).containsOnlyKeys(1, 2);
            assertThat(confirmation.failure(1))
                    .isEqualTo(Failure.passing("no rule of the listener has a field {serial-number}"));
            assertThat(confirmation.failure(2).held()).isTrue();
            assertThat(ids()).containsExactly("t-7");

            assertThat(sink.send(List.of(first.with("serial_number", "7"))).complete())
                    .isTrue();
            assertThat(jdbc.sql("select line from inbox order by id")
                            .query(String.class)
                            .list())
                    .containsExactly("7", "5");
        }
    }

    @Test
    void textIsThatOfTheListenersCharset() throws Exception {
        EncodedMessage message = EncodedMessage.of("Müller", ISO_8859_1);
        try (JdbcSink sink = sink("insert into inbox(id, payload, line) values (:id, :payload, :text)")) {
            assertThat(sink.send(List.of(message)).complete()).isTrue();
        }

        assertThat(jdbc.sql("select payload, line from inbox").query().singleRow())
                .containsEntry("payload", message.getPayload())
                .containsEntry("line", "Müller");
    }

    @Test
    void aPayloadIsStoredByteForByte() throws Exception {
        jdbc.sql("alter table inbox drop constraint inbox_payload_check").update();
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
        try (JdbcSink sink = sink(INSERT)) {
            sink.send(List.of(StreamMessage.of("s", 1, all), StreamMessage.of("s", 2, new byte[0])));
        }

        assertThat(jdbc.sql("select payload from inbox order by id")
                        .query((row, i) -> row.getBytes(1))
                        .list())
                .containsExactly(all, new byte[0]);
    }

    @Test
    void aBatchIsOneTransaction() throws Exception {
        jdbc.sql("alter table inbox add column tx bigint default txid_current()")
                .update();
        try (JdbcSink sink = sink(INSERT)) {
            assertThat(sink.send(StreamMessage.stream("s", 500)).complete()).isTrue();
        }

        assertThat(jdbc.sql("select count(*) from inbox").query(Long.class).single())
                .isEqualTo(500);
        assertThat(jdbc.sql("select count(distinct tx) from inbox")
                        .query(Long.class)
                        .single())
                .isOne();
    }

    @Test
    void onlyTheMessageThatViolatesAConstraintIsPoison() throws Exception {
        try (JdbcSink sink = sink(INSERT)) {
            Confirmation<Failure> confirmation = sink.send(List.of(
                    StreamMessage.of("s", 1), StreamMessage.of("s", 2, new byte[200]), StreamMessage.of("s", 3)));

            assertThat(failures(confirmation, 3))
                    .containsExactly(
                            null,
                            Failure.poison("ERROR: new row for relation \"inbox\" violates check constraint"
                                    + " \"inbox_payload_check\""),
                            null);
            assertThat(ids()).containsExactly("s-1", "s-3");
        }
    }

    @Test
    void onlyTheMessageThatAColumnCannotHoldIsPoison() throws Exception {
        try (JdbcSink sink = sink("insert into inbox(id, line) values (:id, :text)")) {
            Confirmation<Failure> confirmation =
                    sink.send(List.of(StreamMessage.of("s", 1), StreamMessage.of("s", 2, new byte[] {'a', 0, 'b'})));

            assertThat(confirmation.failure(0)).isNull();
            assertThat(confirmation.failure(1))
                    .isNotNull()
                    .extracting(Failure::poison)
                    .isEqualTo(true);
            assertThat(ids()).containsExactly("s-1");
        }
    }

    @Test
    void whatATriggerRefusesIsPoison() throws Exception {
        jdbc.sql("create or replace function refuse() returns trigger language plpgsql as "
                        + "$$ begin if new.line = 'no' then raise exception 'we say no'; end if; return new; end $$")
                .update();
        jdbc.sql("create trigger refuse before insert on inbox for each row execute function refuse()")
                .update();
        try (JdbcSink sink = sink("insert into inbox(id, line) values (:id, :text)")) {
            Confirmation<Failure> confirmation =
                    sink.send(List.of(StreamMessage.of("s", 1, "no".getBytes(UTF_8)), StreamMessage.of("s", 2)));

            assertThat(failures(confirmation, 2)).containsExactly(Failure.poison("ERROR: we say no"), null);
        }
    }

    @Test
    void aConstraintThatIsCheckedAtTheCommitIsOfTheMessageToo() throws Exception {
        jdbc.sql("alter table inbox drop constraint inbox_tag_key").update();
        jdbc.sql("alter table inbox add constraint tag_key unique (tag) deferrable initially deferred")
                .update();
        try (JdbcSink sink =
                sink("insert into inbox(sequence, id, tag) values (:sequence, :connection || :sequence, :text)")) {
            Confirmation<Failure> confirmation = sink.send(List.of(
                    StreamMessage.of("s", 1, "x".getBytes(UTF_8)),
                    StreamMessage.of("s", 2, "x".getBytes(UTF_8)),
                    StreamMessage.of("s", 3, "y".getBytes(UTF_8))));

            assertThat(failures(confirmation, 3))
                    .containsExactly(
                            null,
                            Failure.poison("ERROR: duplicate key value violates unique constraint \"tag_key\""),
                            null);
        }
    }

    @Test
    void aMessageThatComesAgainIsConfirmedAndStoredOnce() throws Exception {
        try (JdbcSink sink = sink(INSERT)) {
            sink.send(StreamMessage.stream("s", 2));

            assertThat(sink.send(StreamMessage.stream("s", 3)).complete()).isTrue();
            assertThat(ids()).containsExactly("s-1", "s-2", "s-3");
        }
    }

    @Test
    void aStatementMayIgnoreWhatIsThereAlready() throws Exception {
        try (JdbcSink sink = sink(INSERT + " on conflict (id) do nothing")) {
            sink.send(StreamMessage.stream("s", 2));

            assertThat(sink.send(StreamMessage.stream("s", 3)).complete()).isTrue();
            assertThat(ids()).containsExactly("s-1", "s-2", "s-3");
        }
    }

    @Test
    void aDuplicateKeyWithoutAnIdIsPoison() throws Exception {
        try (JdbcSink sink = sink("insert into inbox(id, tag) values (:connection || :sequence, :listener)")) {
            Confirmation<Failure> confirmation = sink.send(StreamMessage.stream("s", 2));

            assertThat(failures(confirmation, 2))
                    .containsExactly(
                            null,
                            Failure.poison("ERROR: duplicate key value violates unique constraint \"inbox_tag_key\""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " on conflict (id) do nothing"})
    void onlyAMessageThatIsThereAlreadyCountsAsStored(String conflict) throws Exception {
        try (JdbcSink sink = sink("insert into inbox(id, tag) values (:id, :text)" + conflict)) {
            List<StreamMessage> messages = texts("one", "two", "one", "three");
            Failure duplicate =
                    Failure.poison("ERROR: duplicate key value violates unique constraint \"inbox_tag_key\"");

            assertThat(failures(sink.send(messages), 4)).containsExactly(null, null, duplicate, null);
            assertThat(failures(sink.send(messages), 4)).containsExactly(null, null, duplicate, null);
            assertThat(ids()).containsExactly("s-1", "s-2", "s-4");
        }
    }

    @Test
    void noStatementButAPlainInsertTellsWhetherAMessageIsThere() throws Exception {
        try (JdbcSink sink = sink("insert into inbox(id) select :id")) {
            sink.send(StreamMessage.stream("s", 1));

            assertThat(failures(sink.send(StreamMessage.stream("s", 2)), 2))
                    .containsExactly(
                            Failure.poison("ERROR: duplicate key value violates unique constraint \"inbox_pkey\""),
                            null);
        }
    }

    @Test
    void anOperatorsQueryTellsWhetherAMessageIsThere() throws Exception {
        try (JdbcSink sink = sink(
                "insert into inbox(id, tag) select upper(:id), :text", "select 1 from inbox where id = upper(:id)")) {
            sink.send(texts("one"));

            assertThat(failures(sink.send(texts("one", "one")), 2))
                    .containsExactly(
                            null,
                            Failure.poison("ERROR: duplicate key value violates unique constraint \"inbox_tag_key\""));
        }
    }

    @Test
    void aQueryThatFailsLeavesAMessageToBeTriedAgain() throws Exception {
        try (JdbcSink sink = sink("insert into inbox(id) values (:id)", "select 1 from outbox where id = :id")) {
            sink.send(StreamMessage.stream("s", 1));

            assertThat(sink.send(StreamMessage.stream("s", 1)).failure(0))
                    .isEqualTo(Failure.passing(
                            "ERROR: duplicate key value violates unique constraint \"inbox_pkey\"; whether it"
                                    + " was stored before, nobody knows: ERROR: relation \"outbox\" does not"
                                    + " exist"));
        }
    }

    @Test
    void aRowThatIsLockedHoldsUpItsStreamAlone() throws Exception {
        jdbc.sql("insert into inbox(id, line, tag) values ('locked', 'old', 'locked'), ('free', 'old', 'free')")
                .update();
        try (JdbcSink sink = sink(
                        database,
                        "update inbox set line = :text || (1 / (length(:text) - 3)) where id = :connection",
                        "1S");
                Connection locking = database.getConnection()) {
            locking.setAutoCommit(false);
            locking.createStatement().execute("update inbox set line = '' where id = 'locked'");

            Confirmation<Failure> confirmation = sink.send(List.of(
                    StreamMessage.of("free", 1, "bad".getBytes(UTF_8)),
                    StreamMessage.of("locked", 1),
                    StreamMessage.of("locked", 2),
                    StreamMessage.of("free", 2)));

            assertThat(IntStream.range(0, 4).mapToObj(confirmation::failure))
                    .extracting(failure -> failure == null ? null : failure.kind())
                    .containsExactly(Kind.POISON, Kind.PASSING, Kind.HELD, null);
        }
    }

    @Test
    void aRightOrAPasswordThatIsRefusedIsTheOperatorsToMend() throws Exception {
        jdbc.sql("drop role if exists writer").update();
        jdbc.sql("create role writer login").update();
        try (HikariDataSource own = database(postgres.port());
                JdbcSink sink = sink(own, "insert into inbox(id) values (:id)", "5S")) {
            own.setUsername("writer");
            assertThat(failures(sink.send(StreamMessage.stream("s", 2)), 2))
                    .containsOnly(Failure.unauthorized("ERROR: permission denied for table inbox"));

            jdbc.sql("grant insert on inbox to writer").update();
            assertThat(sink.send(StreamMessage.stream("s", 2)).complete()).isTrue();
        }
        jdbc.sql("drop owned by writer").update();
        jdbc.sql("drop role writer").update();
        try (HikariDataSource stranger = database(postgres.port());
                JdbcSink sink = sink(stranger, INSERT, "5S")) {
            stranger.setUsername("nobody");
            assertThat(failures(sink.send(StreamMessage.stream("s", 1)), 1))
                    .containsOnly(Failure.unauthorized("FATAL: role \"nobody\" does not exist"));
        }
    }

    @Test
    void aMissingTableIsNoMessagesFault() throws Exception {
        try (JdbcSink sink = sink("insert into outbox(id) values (:id)")) {
            assertThat(failures(sink.send(StreamMessage.stream("s", 2)), 2))
                    .containsOnly(Failure.passing("ERROR: relation \"outbox\" does not exist"));

            jdbc.sql("create table outbox(id text)").update();
            assertThat(sink.send(StreamMessage.stream("s", 2)).complete()).isTrue();
        } finally {
            jdbc.sql("drop table if exists outbox").update();
        }
    }

    @Test
    void aStatementThatTakesTooLongIsEndedByTheDatabase() throws Exception {
        try (JdbcSink sink = sink(database, INSERT, "3S");
                Connection locking = database.getConnection()) {
            locking.setAutoCommit(false);
            locking.createStatement().execute("lock table inbox");

            assertThat(failures(sink.send(StreamMessage.stream("s", 2)), 2))
                    .containsOnly(Failure.passing("ERROR: canceling statement due to user request"));
            locking.rollback();
            assertThat(sink.send(StreamMessage.stream("s", 2)).complete()).isTrue();
        }
    }

    @Test
    void aNetworkThatGoesDeadHoldsNobodyUp() throws Exception {
        try (HikariDataSource remote = database(wire.port());
                JdbcSink sink = sink(remote, INSERT, "0.5S")) {
            assertThat(sink.send(StreamMessage.stream("a", 2)).complete()).isTrue();

            wire.dead(true);
            assertThat(failures(sink.send(StreamMessage.stream("b", 2)), 2))
                    .allSatisfy(failure -> assertThat(failure.poison()).isFalse());

            wire.dead(false);
            await().untilAsserted(() -> assertThat(
                            sink.send(StreamMessage.stream("c", 2)).complete())
                    .isTrue());
        } finally {
            wire.dead(false);
        }
    }

    @Test
    void aPoolWithoutAFreeConnectionHoldsNobodyUp() throws Exception {
        database.close();
        database = database(postgres.port());
        database.setMaximumPoolSize(1);
        database.setConnectionTimeout(60_000);
        try (JdbcSink sink = sink(database, INSERT, "0.2S");
                Connection taken = database.getConnection()) {
            assertThat(failures(sink.send(StreamMessage.stream("s", 2)), 2))
                    .containsOnly(Failure.passing("no answer within 400ms"));
            assertThat(taken.isValid(1)).isTrue();
        }
    }

    @Test
    void aDatabaseMayBeAwayAtTheStartAndAnyTimeLater(@TempDir Path elsewhere) throws Exception {
        try (Postgres server = Postgres.start(elsewhere)) {
            server.stop();
            try (HikariDataSource away = database(server.port());
                    JdbcSink sink = sink(away, "insert into inbox(id) values (:id)", "2S")) {
                assertThat(failures(sink.send(StreamMessage.stream("s", 2)), 2))
                        .allSatisfy(failure -> assertThat(failure.poison()).isFalse())
                        .allSatisfy(failure -> assertThat(failure.reason())
                                .contains("Connection to localhost:" + server.port() + " refused"));

                server.startAgain();
                JdbcClient.create(away).sql("create table inbox(id text)").update();
                assertThat(sink.send(StreamMessage.stream("s", 2)).complete()).isTrue();

                server.stop();
                assertThat(failures(sink.send(StreamMessage.stream("t", 2)), 2))
                        .allSatisfy(failure -> assertThat(failure.poison()).isFalse());

                server.startAgain();
                await().untilAsserted(() -> assertThat(
                                sink.send(StreamMessage.stream("t", 2)).complete())
                        .isTrue());
            }
        }
    }

    @Test
    void aSenderThatIsInterruptedStopsWaiting() throws Exception {
        try (JdbcSink sink = sink(INSERT);
                Connection locking = database.getConnection();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            locking.setAutoCommit(false);
            locking.createStatement().execute("lock table inbox");
            Future<?> interrupted = callers.submit(() -> assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> sink.send(StreamMessage.stream("s", 1))));
            await().untilAsserted(() -> assertThat(jdbc.sql("select count(*) from pg_locks where not granted")
                            .query(Long.class)
                            .single())
                    .isOne());

            callers.shutdownNow();
            interrupted.get(5, TimeUnit.SECONDS);
            locking.rollback();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "insert into t values (:id, ?)               | cannot be parsed: Not allowed to mix named and"
                        + " traditional ?",
                "insert into t values (1)                    | takes nothing from a message",
                "''                                          | is missing",
            })
    void aStatementThatCannotBeFilledIsRefused(String sql, String complaint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink(sql))
                .withMessageStartingWith("sluice.sinks.table.jdbc.sql: " + complaint);
    }

    @Test
    void aDatabaseMustBeConfigured() {
        JdbcSinkProperties properties = new JdbcSinkProperties(INSERT, null, Duration.ofSeconds(1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JdbcSink("table", properties, new DefaultListableBeanFactory()))
                .withMessage("sluice.sinks.table.jdbc: no database is configured. Set spring.datasource.url");
    }
}
