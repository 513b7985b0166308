package dev.sluice.sink.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StoredQueryTests {

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            quoteCharacter = '~',
            value = {
                "insert into inbox(id, line) values (:id, :text)       => select 1 from inbox where id = :id",
                "INSERT INTO a.inbox (line,key)  VALUES (:text,:id) ;  => select 1 from a.inbox where key = :id",
                "insert into \"In, box\"(\"a,b\", \"I d\") values (:text, :id) => select 1 from \"In, box\" where \"I"
                        + " d\" = :id",
                "insert into t(a, b, id) values (coalesce(:text, ','), ')', :id) => select 1 from t where id = :id",
                "insert into t(a, id) values (:id || '-x', :id)        => select 1 from t where id = :id",
                "insert into t(a, id) values ('it''s, so', :id)        => select 1 from t where id = :id",
            })
    void aPlainInsertTellsHowToFindItsRow(String insert, String query) {
        assertThat(StoredQuery.of(insert)).contains(query);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into t values (:id)",
                "insert into t(a) values (:text)",
                "insert into t(a) values (:id || '')",
                "insert into t(a) values (upper(:id))",
                "insert into t(a, b) values (:id, :id)",
                "insert into t(a, b) values (:id)",
                "insert\ninto t(a, b) values (:id)",
                "insert into t(a) values (:id), (:text)",
                "insert into t(a) values (:id) on conflict (a) do nothing",
                "insert into t(a) values (:id) on conflict do nothing",
                "insert into t(a) values (:id) returning a",
                "insert into t(a) select :id",
                "insert or replace into t(a) values (:id)",
                "insert into t(a /* (b */) values (:id)",
                "insert into t(a) values (:id -- )\n)",
                "merge into t using dual on (a = :id) when not matched then insert (a) values (:id)",
                "update t set a = :id",
                "call store(:id)",
            })
    void noOtherStatementTells(String sql) {
        assertThat(StoredQuery.of(sql)).isEmpty();
    }
}
