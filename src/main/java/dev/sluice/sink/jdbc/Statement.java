package dev.sluice.sink.jdbc;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields.UnknownFieldException;
import java.sql.ResultSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterUtils;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;

/** The operator's statement, which takes its parameters from a message. */
final class Statement {

    private final NamedParameterJdbcTemplate jdbc;
    private final String sql;
    private final Map<String, Parameter> parameters;

    /**
     * @throws IllegalArgumentException if it cannot be
     */
    Statement(String sql, JdbcOperations jdbc) {
        this.parameters = parameters(sql, _ -> true);
        this.sql = sql;
        this.jdbc = new NamedParameterJdbcTemplate(jdbc);
    }

    /**
     * The parameters that it names.
     *
     * @param fields whether messages may have a field of such a name
     * @throws IllegalArgumentException naming the parameter that does not exist, or what else is wrong
     */
    static Map<String, Parameter> parameters(@Nullable String sql, Predicate<String> fields) {
        if (sql == null || sql.isBlank()) {
            throw new IllegalArgumentException(
                    "is missing. Give a statement such as " + "insert into inbox(id, payload) values (:id, :payload)");
        }
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        names(sql).forEach(name -> parameters.put(name, Parameter.named(name, fields)));
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
        return Boolean.TRUE.equals(jdbc.query(sql, values(message), ResultSet::next));
    }

    void execute(Envelope message) {
        jdbc.update(sql, values(message));
    }

    void execute(List<? extends Envelope> messages) {
        jdbc.batchUpdate(sql, messages.stream().map(this::values).toArray(SqlParameterSource[]::new));
    }

    /**
     * All of them are looked up now, since the template would say of one that cannot be found that it is missing.
     *
     * @throws UnknownFieldException if a rule has to be mended before messages like this can be stored
     */
    private SqlParameterSource values(Envelope message) {
        MapSqlParameterSource values = new MapSqlParameterSource();
        parameters.forEach((name, parameter) -> values.addValue(name, parameter.of(message), parameter.type()));
        return values;
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
}
