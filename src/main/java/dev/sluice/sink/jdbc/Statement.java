package dev.sluice.sink.jdbc;

import dev.sluice.message.Envelope;
import java.sql.ResultSet;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterUtils;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;

/** The operator's statement, which takes its parameters from a message. */
final class Statement {

    private final NamedParameterJdbcTemplate jdbc;
    private final String sql;

    /**
     * @throws IllegalArgumentException if it cannot be
     */
    Statement(String sql, JdbcOperations jdbc) {
        parameters(sql);
        this.sql = sql;
        this.jdbc = new NamedParameterJdbcTemplate(jdbc);
    }

    /**
     * @throws IllegalArgumentException naming the parameter that does not exist, or what else is wrong
     */
    static Set<Parameter> parameters(@Nullable String sql) {
        if (sql == null || sql.isBlank()) {
            throw new IllegalArgumentException(
                    "is missing. Give a statement such as " + "insert into inbox(id, payload) values (:id, :payload)");
        }
        Set<Parameter> parameters = EnumSet.noneOf(Parameter.class);
        for (String name : names(sql)) {
            parameters.add(Parameter.named(name)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "parameter :" + name + " does not exist; there are " + Parameter.names())));
        }
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("takes nothing from a message; there are " + Parameter.names());
        }
        return parameters;
    }

    private static Set<String> names(String sql) {
        try {
            Names names = new Names(new LinkedHashSet<>());
            NamedParameterUtils.buildValueArray(NamedParameterUtils.parseSqlStatement(sql), names, null);
            return names.found;
        } catch (InvalidDataAccessApiUsageException ex) {
            throw new IllegalArgumentException("cannot be parsed: " + ex.getMessage(), ex);
        }
    }

    /** Whether it finds a row, being a query. */
    boolean finds(Envelope message) {
        return Boolean.TRUE.equals(jdbc.query(sql, new Values(message), ResultSet::next));
    }

    void execute(Envelope message) {
        jdbc.update(sql, new Values(message));
    }

    void execute(List<? extends Envelope> messages) {
        jdbc.batchUpdate(sql, messages.stream().map(Values::new).toArray(SqlParameterSource[]::new));
    }

    /** Notes which parameters a statement names. */
    private record Names(Set<String> found) implements SqlParameterSource {

        @Override
        public boolean hasValue(String name) {
            return true;
        }

        @Override
        public @Nullable Object getValue(String name) {
            found.add(name);
            return null;
        }
    }

    private record Values(Envelope message) implements SqlParameterSource {

        @Override
        public boolean hasValue(String name) {
            return Parameter.named(name).isPresent();
        }

        @Override
        public Object getValue(String name) {
            return Parameter.named(name).orElseThrow().of(message);
        }
    }
}
