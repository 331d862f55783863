"""`rawdb_schema` and `rawdb_opened`: a suite of somebody else's, on tables of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

import rawdb
from rawdb.exceptions import DBError
from rawdb.testing import rolled_back
from rawdb.testing.databases import connected
from tests.conftest import Servers
from tests.migrate.cases import write

_INI = """
[pytest]
rawdb_migrations = migrations
rawdb_queries = queries
markers =
    own: of this suite
"""
_TABLES = (
    "CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY);\nCREATE TABLE kinds (id INTEGER NOT NULL PRIMARY KEY);\n"
)
_QUERIES = """
-- name: note_add(id)!
-- A note.
INSERT INTO notes (id) VALUES (:id);

-- name: note_count()$
-- How many.
SELECT COUNT(*) AS notes FROM notes AS n;
"""


@pytest.fixture
def suite(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, dialect: str, servers: Servers
) -> pytest.Pytester:
    for name in ("DIALECTS", "POSTGRESQL_URL", "MYSQL_URL", "SQLITE_URL"):
        monkeypatch.delenv(f"RAWDB_TEST_{name}", raising=False)
    monkeypatch.setenv("RAWDB_TEST_DIALECTS", dialect)
    if dialect != "sqlite":
        monkeypatch.setenv(f"RAWDB_TEST_{dialect.upper()}_URL", str(getattr(servers, dialect)))
    pytester.makeini(_INI)
    head = "-- transactional: false\n" if dialect == "mysql" else ""
    write(pytester.path / "migrations", "0001.notes", head + _TABLES, f"{head}DROP TABLE kinds;\nDROP TABLE notes;\n")
    write(pytester.path / "queries", "notes", _QUERIES)
    return pytester


def run(suite: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    suite.makepyfile(source)
    return suite.runpytest_subprocess("-p", "rawdb.testing.plugin", "-p", "no:cacheprovider", *arguments)


def test_each_way_to_be_clean(suite: pytest.Pytester) -> None:
    """Every test finds no row, whichever way it asks for and whatever the one before did."""
    source = """
        import pytest
        import rawdb
        from rawdb.testing.databases import connected

        URLS = []

        @pytest.mark.parametrize("turn", range(2))
        @pytest.mark.parametrize("how", [
            pytest.param("empty", marks=pytest.mark.rawdb_reset("empty")),
            pytest.param("rollback", marks=pytest.mark.rawdb_reset("rollback")),
            pytest.param("new", marks=pytest.mark.rawdb_reset("new")),
            "by default",
        ])
        def test_no_row_is_there(rawdb_opened, rawdb_schema, how, turn):
            with rawdb_opened.writer.using(None) as sql:
                assert sql.note_count() == 0
                sql.note_add(id=1)
            with rawdb_opened.reader.using(None) as sql:
                assert sql.note_count() == 1
            with connected(rawdb_schema) as run:
                assert run("SELECT COUNT(*) FROM notes").rows[0][0] == (0 if how == "rollback" else 1)
            URLS.append((how, rawdb_schema))

        def test_how_many_databases_there_were():
            kept = {url for how, url in URLS if how != "new"}
            anew = {url for how, url in URLS if how == "new"}
            assert (len(kept), len(anew)) == (1, 2)
            assert not kept & anew
        """
    run(suite, source).assert_outcomes(passed=9)


def test_what_a_test_must_not_leave(suite: pytest.Pytester) -> None:
    source = """
        import pytest

        @pytest.mark.rawdb_reset("rollback")
        def test_committed_by_hand(rawdb_schema):
            from rawdb.testing.databases import connected
            with connected(rawdb_schema) as run:
                run("INSERT INTO notes (id) VALUES (1)")

        LENT = []

        def test_not_given_back(rawdb_opened):
            LENT.append(rawdb_opened.pool().acquire())

        def test_clean_all_the_same(rawdb_opened):
            with rawdb_opened.reader.using(None) as sql:
                assert sql.note_count() == 0
        """
    result = run(suite, source)
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines("*the test committed rows, which no rollback takes back: notes*")
    result.stdout.fnmatch_lines("*the test left connections in use: *")


_LEFT = """
    import rawdb

    HELD = []

    def test_left(rawdb_opened):
        HELD.append(rawdb_opened.writer.using(None))
        HELD[-1].__enter__().note_add(id=1)

    def test_next(rawdb_opened):
        with rawdb_opened.writer.using(None) as sql:
            assert sql.note_count() == 0
            sql.note_add(id=1)
    """
_LEFT_BY_HAND = """
    def test_left_by_hand(rawdb_schema):
        database = rawdb.Database(rawdb_schema, queries="queries")
        HELD.extend([database, database.writer.using(None)])
        HELD[-1].__enter__().note_add(id=1)

    def test_next_again(rawdb_opened):
        with rawdb_opened.writer.using(None) as sql:
            assert sql.note_count() == 0
    """


def test_a_transaction_that_is_left_open(suite: pytest.Pytester) -> None:
    """The test after it gets another database, for its locks would be on this one."""
    result = run(suite, _LEFT)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines("*the test left connections in use: *")


@pytest.mark.dialects("postgresql", "mysql")
def test_a_transaction_of_another_database_that_is_left_open(suite: pytest.Pytester) -> None:
    """Nobody here knows of it but the server."""
    result = run(suite, _LEFT + _LEFT_BY_HAND)
    result.assert_outcomes(passed=4, errors=2)
    result.stdout.fnmatch_lines("*the test left transactions open: *")


@pytest.mark.dialects("sqlite")
class TestSettings:
    def test_set_up_by_hand(self, suite: pytest.Pytester) -> None:
        """Two folders of one suite, each with tables of its own, and one that opens databases its own way."""
        for name in ("one", "two"):
            folder = suite.mkpydir(name)
            (folder / "conftest.py").write_text(
                "import pytest\n"
                "from rawdb.testing.databases import connected\n"
                "@pytest.fixture(scope='session')\n"
                "def rawdb_setup():\n"
                "    def make(url):\n"
                "        with connected(url) as run:\n"
                f"            run('CREATE TABLE {name} (id INTEGER)')\n"
                "    return make\n"
            )
            (folder / f"test_{name}.py").write_text(
                "from rawdb.testing.databases import connected\n"
                "def test_tables(rawdb_schema):\n"
                "    with connected(rawdb_schema) as run:\n"
                f"        assert run('SELECT name FROM sqlite_master').rows == [('{name}',)]\n"
            )
        run(suite, "").assert_outcomes(passed=2)

    def test_rows_to_keep(self, suite: pytest.Pytester) -> None:
        suite.makeini(_INI + "rawdb_keep = kinds\n")
        (suite.path / "migrations" / "0001.notes.sql").write_text(_TABLES + "INSERT INTO kinds (id) VALUES (7);\n")
        (suite.path / "migrations" / "0001.notes.rollback.sql").write_text(
            "DELETE FROM kinds;\nDROP TABLE kinds;\nDROP TABLE notes;\n"
        )
        source = """
            import pytest

            @pytest.mark.parametrize("turn", range(2))
            def test_rows(rawdb_opened, turn):
                with rawdb_opened.writer.using(None) as sql:
                    sql.note_add(id=1)
                    assert sql.execute("SELECT id FROM kinds").rows == [(7,)]
            """
        run(suite, source).assert_outcomes(passed=2)

    @pytest.mark.parametrize(
        ("ini", "what"),
        [
            ("[pytest]\n", "*set rawdb_migrations in the pytest configuration, or override the fixture rawdb_setup*"),
            (_INI + "rawdb_reset = never\n", "*rawdb_reset is 'never': expected one of empty, rollback, new*"),
            (_INI + "rawdb_missing = ignore\n", "*rawdb_missing is 'ignore': expected one of fail, skip*"),
        ],
    )
    def test_settings_that_are_none(self, suite: pytest.Pytester, ini: str, what: str) -> None:
        suite.makeini(ini)
        result = run(suite, "def test_one(rawdb_schema): pass")
        assert result.ret != 0
        (result.stderr if "missing" in what else result.stdout).fnmatch_lines(what)

    def test_a_missing_server_may_skip(
        self, suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("RAWDB_TEST_POSTGRESQL_BIN", str(tmp_path))
        arguments = ("--rawdb-dialects=postgresql,sqlite", "--rawdb-missing=skip", "-rs")
        for workers in ((), ("-n", "1")):
            result = run(suite, "def test_one(rawdb_schema): pass", *arguments, *workers)
            result.assert_outcomes(passed=1, skipped=1)
            result.stdout.fnmatch_lines("*postgresql: initdb was not found*")


def test_rolled_back(database_url: str) -> None:
    with connected(database_url) as run_:
        run_("CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY)")
    with rawdb.Database(database_url) as database:

        @database.writer
        def add(context: object) -> None:
            database.sql(context).execute("INSERT INTO notes (id) VALUES (1)")

        for _ in range(2):
            with rolled_back(database) as sql:
                add(None)
                assert sql.execute("SELECT COUNT(*) FROM notes").rows == [(1,)]
        with database.reader.using(None) as sql:
            assert sql.execute("SELECT COUNT(*) FROM notes").rows == [(0,)]
        with pytest.raises(DBError, match=r"(?i)unique|duplicate"):
            with rolled_back(database):
                add(None)
                add(None)
