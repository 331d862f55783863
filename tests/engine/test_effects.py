"""What a text does besides its result."""

from __future__ import annotations

import pytest

from rawdb._house import sql_root
from rawdb.dialects import DIALECTS, get_dialect
from rawdb.statements.columns import load_tables
from rawdb.statements.effects import AUTOCOMMIT, CALLS, CONTROL, MAY_WRITE, NEXT, NOWAIT, STATE, WRITES, effects
from rawdb.statements.loading import load_statements
from rawdb.statements.variants import variants


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT g.id FROM g AS g WHERE g.id IN (1, 2) AND (g.name = 'COMMIT' OR g.name = 'f(')", 0),
        ("/* rawdb:name */ SELECT COUNT(*), COALESCE(MAX(g.id), 0) FROM g AS g", 0),
        ("-- DELETE FROM g\nSELECT 1", 0),
        ("(SELECT 1) UNION (SELECT 2)", 0),
        ("WITH g AS (SELECT 1 AS n) SELECT g.n FROM g", 0),
        ("WITH RECURSIVE g (n, m) AS (SELECT 1, 2), h (n) AS MATERIALIZED (SELECT 1) SELECT g.n FROM g", 0),
        ("SELECT g.a, change_it (g.n) AS n FROM g", MAY_WRITE),
        ('SELECT "update set"."insert into" FROM "update set"', 0),
        ("SELECT g.set FROM g AS g WHERE g.commit = 1", 0),
        ("COMMIT", CONTROL | WRITES),
        ("  /* now */ rollback", CONTROL),
        ("ROLLBACK TO SAVEPOINT a", 0),
        ("ROLLBACK TRANSACTION TO a", 0),
        ("START  TRANSACTION READ ONLY", CONTROL | WRITES),
        ("UPDATE g SET name = 'x'", WRITES),
        ("UPDATE OR ROLLBACK g SET name = 'x'", WRITES),
        ("WITH o AS (SELECT 1) UPDATE OR FAIL g SET name = 'x'", WRITES),
        ("WITH old AS (DELETE FROM g RETURNING id) SELECT old.id FROM old", WRITES),
        ("WITH o AS (SELECT 1) UPDATE g AS t SET name = 'x'", WRITES),
        ("INSERT INTO g (id) VALUES (1)", WRITES),
        ("CREATE TEMPORARY TABLE t (id INTEGER)", STATE | WRITES),
        ("SET @a = 1", STATE),
        ("SET LOCAL statement_timeout = 1", 0),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", NEXT),
        ("SET SESSION TRANSACTION READ ONLY", STATE),
        ("SET autocommit = 0", STATE | AUTOCOMMIT),
        ("SET @@session.autocommit = 0", STATE | AUTOCOMMIT),
        ("SET sql_mode = '', autocommit=1", STATE | AUTOCOMMIT),
        ("SET @note = 'autocommit = 1'", STATE),
        ("SET STATEMENT max_statement_time = 1 FOR COMMIT", CONTROL | STATE),
        ("SET STATEMENT max_statement_time = 1 FOR SELECT 1", STATE),
        ("/*!50000 COMMIT */", CONTROL | WRITES),
        ("/*M! COMMIT AND CHAIN */", CONTROL | WRITES),
        ("SELECT /*!40000 SQL_NO_CACHE */ g.id FROM g", 0),
        ("DO $$ BEGIN COMMIT; END $$", STATE | WRITES | CALLS),
        ("DO LANGUAGE plpgsql 'BEGIN COMMIT; END'", STATE | WRITES | CALLS),
        ("DO RELEASE_LOCK('x')", STATE | WRITES),
        ("EXECUTE IMMEDIATE 'COMMIT'", STATE | WRITES | CALLS),
        ("SELECT GET_LOCK('a', 0)", STATE | MAY_WRITE),
        ("SELECT g.id FROM g AS g FOR UPDATE NOWAIT", NOWAIT),
        ("SELECT g.n INTO @mine FROM g", STATE),
        ("BACKUP STAGE START", STATE | WRITES),
        ("SELECT my_function(1)", MAY_WRITE),
        ('SELECT "MyFunction"(1)', MAY_WRITE),
        ("CALL p()", STATE | WRITES | CALLS),
    ],
)
def test_effects(text: str, expected: int) -> None:
    assert effects(text) == expected


@pytest.mark.parametrize("dialect", DIALECTS)
def test_own_statements_are_what_the_loader_takes_them_for(dialect: str) -> None:
    """Reads that were taken for more would not be repeated; writes that were taken for less would."""
    tables = load_tables(sql_root() / "schema" / "columns.csv")
    for statement in load_statements(sql_root() / "queries", get_dialect(dialect), tables, none_is_null=True).values():
        found = {effects(variant.text) for variant in variants(statement)}
        for each in found:
            assert bool(each & WRITES) == statement.writes, statement.name
            assert not each & (CONTROL | STATE), statement.name
            if not statement.writes:
                assert not each & MAY_WRITE or "setval(" in statement.text.lower(), statement.name
