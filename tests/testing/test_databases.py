"""Databases for tests: made, copied, emptied and dropped on every dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rawdb.dialects import parse_url
from rawdb.testing.databases import (
    Housekeeper,
    Session,
    connected,
    create_database,
    database_exists,
    drop_database,
    drop_objects,
    end_session,
    server_version,
    temporary_database,
)


@pytest.fixture
def server_url(rawdb_servers: Mapping[str, str], dialect: str) -> str:
    return rawdb_servers[dialect]


def exists(url: str) -> bool:
    parsed = parse_url(url)
    if parsed.dialect == "sqlite":
        return any(Path(parsed.database or "").parent.glob(f"{Path(parsed.database or '').name}*"))
    catalog = {"postgresql": "SELECT datname FROM pg_database", "mysql": "SHOW DATABASES"}[parsed.dialect]
    service = {"postgresql": "postgres", "mysql": ""}[parsed.dialect]
    with connected(parsed.with_database(service)) as run:
        return (parsed.database,) in run(catalog).rows


def test_a_temporary_database_is_empty_and_goes_away(server_url: str) -> None:
    with temporary_database(server_url) as url, temporary_database(server_url) as other:
        assert url != other
        with connected(url) as run:
            run("CREATE TABLE t (a INTEGER)")
            assert run("SELECT a FROM t").rows == []
        assert exists(url)
    assert not exists(url)


def test_odd_names_are_quoted(server_url: str) -> None:
    name = 'it\'s `a` "name"; --%s'
    url = create_database(server_url, name)
    try:
        with connected(url) as run:
            run("CREATE TABLE t (a INTEGER)")
        database = parse_url(url).database or ""
        assert database.removesuffix(".db").endswith(name)
    finally:
        drop_database(url)
    assert not exists(url)


def test_dropping_ends_those_who_are_connected(server_url: str, dialect: str) -> None:
    url = create_database(server_url)
    with connected(url) as run:
        run("CREATE TABLE t (a INTEGER)")
        run("BEGIN")
        run("SELECT a FROM t")
        drop_database(url)
        assert not exists(url)
        if dialect != "sqlite":
            with pytest.raises(Exception, match=r"(?i)terminat|lost|kill|gone|closed"):
                run("SELECT a FROM t")
    drop_database(url)


@pytest.mark.dialects("postgresql", "sqlite")
def test_a_copy_holds_what_its_template_held(server_url: str) -> None:
    with temporary_database(server_url) as template:
        with connected(template) as run:
            run("CREATE TABLE t (a INTEGER)")
            run("INSERT INTO t VALUES (1)")
        with temporary_database(server_url, template=template) as copy:
            with connected(copy) as run:
                run("INSERT INTO t VALUES (2)")
                assert run("SELECT a FROM t ORDER BY a").rows == [(1,), (2,)]
            with connected(template) as run:
                assert run("SELECT a FROM t").rows == [(1,)]


@pytest.mark.dialects("mysql")
def test_mysql_copies_nothing_and_says_so(server_url: str) -> None:
    with pytest.raises(ValueError, match="mysql cannot copy a database"):
        create_database(server_url, template=server_url)


@pytest.fixture
def keeper(database_url: str) -> Iterator[Housekeeper]:
    keeper = Housekeeper(database_url, keep=lambda table: table == "kept")
    yield keeper
    keeper.close()


def test_emptying_removes_all_rows_but_those_to_keep(database_url: str, keeper: Housekeeper) -> None:
    tables = ["plain", "order", "kept", "_yoyo_migration", "yoyo_lock"]
    quote = "`" if database_url.startswith("mysql") else '"'
    with connected(database_url) as run:
        for table in tables:
            run(f"CREATE TABLE {quote}{table}{quote} (a INTEGER)")
            run(f"INSERT INTO {quote}{table}{quote} VALUES (1), (2)")
        run("CREATE TABLE without_rows (a INTEGER)")

        assert sorted(keeper.empty()) == ["order", "plain"]
        assert keeper.empty() == []

        left = [run(f"SELECT count(*) FROM {quote}{table}{quote}").rows[0][0] for table in tables]
        assert left == [0, 0, 2, 2, 2]


def test_emptying_a_database_without_tables_does_nothing(keeper: Housekeeper) -> None:
    assert keeper.empty() == []


@pytest.mark.dialects("postgresql", "mysql")
def test_a_keeper_survives_the_loss_of_its_connection(
    server_url: str, database_url: str, dialect: str, keeper: Housekeeper
) -> None:
    with connected(database_url) as run:
        run("CREATE TABLE t (a INTEGER)")
    keeper.empty()
    other = Housekeeper(database_url)
    [victim] = other.sessions()
    other.close()
    with connected(server_url) as run:
        run(f"SELECT pg_terminate_backend({victim.id}, 5000)" if dialect == "postgresql" else f"KILL {victim.id}")
    with connected(database_url) as run:
        run("INSERT INTO t VALUES (1)")
    assert keeper.empty() == ["t"]


@pytest.mark.dialects("postgresql", "mysql")
def test_a_keeper_sees_who_holds_a_transaction(database_url: str, keeper: Housekeeper) -> None:
    assert keeper.sessions() == []
    with connected(database_url) as run:
        run("CREATE TABLE t (a INTEGER)")
        [idle] = keeper.sessions()
        assert not idle.in_transaction
        run("BEGIN")
        run("INSERT INTO t VALUES (1)")
        [busy] = keeper.sessions()
        assert busy == Session(idle.id, True, busy.statement)
        run("COMMIT")
        [idle] = keeper.sessions()
        assert not idle.in_transaction


def test_the_version_names_the_server(server_url: str, dialect: str) -> None:
    words = {"postgresql": "PostgreSQL 1", "mysql": "M", "sqlite": "SQLite 3."}
    assert words[dialect] in server_version(server_url)


@pytest.mark.dialects("mysql")
def test_a_session_that_has_gone_by_itself_is_no_failure(database_url: str) -> None:
    """Between the list of sessions and the KILL a client may leave."""
    with connected(database_url) as run:
        end_session(run, 2**31 - 1)
        assert run("SELECT 1").rows == [(1,)]


def test_whether_a_database_exists(server_url: str) -> None:
    with temporary_database(server_url) as url:
        assert database_exists(url)
        # No name is a pattern.
        assert not database_exists(parse_url(url).with_database(str(parse_url(url).database).replace("a", "_") + "_"))
    assert not database_exists(url)


def test_all_objects_are_dropped(server_url: str, dialect: str) -> None:
    """Whatever refers to whatever; the database stays."""
    made = [
        "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
        "CREATE TABLE children (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parents (id))",
        "CREATE VIEW families AS SELECT c.id FROM children AS c",
    ]
    if dialect == "postgresql":
        made += [
            "CREATE TYPE mood AS ENUM ('sad', 'ok')",
            "CREATE DOMAIN age AS integer CHECK (VALUE > 0)",
            "CREATE TABLE people (id SERIAL PRIMARY KEY, mood mood, age age)",
            "CREATE SEQUENCE lone",
            "CREATE MATERIALIZED VIEW crowd AS SELECT p.id FROM people AS p",
        ]
    mark = "`" if dialect == "mysql" else '"'
    made.append(f"CREATE TABLE {mark}odd name{mark} (id INTEGER)")
    with temporary_database(server_url) as url:
        with connected(url) as run:
            for text in made:
                run(text)
            run("INSERT INTO parents (id) VALUES (1)")
            run("INSERT INTO children (id, parent_id) VALUES (1, 1)")
        assert {"parents", "children", "families", "odd name"} <= set(drop_objects(url))
        assert drop_objects(url) == []
        with connected(url) as run:
            for text in made:
                run(text)
