"""The default database: configured until it is used, and again after it is disposed of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import rawdb
import rawdb.default
import rawdb.typed
from rawdb.dialects import parse_url
from rawdb.exceptions import (
    AlreadyStartedError,
    CantStartEngineError,
    NoEngineContextEstablished,
    NotSupportedWarning,
)


class TestDefault:
    @pytest.fixture(autouse=True)
    def clean(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.delenv("RAWDB_URL", raising=False)
        rawdb.dispose()
        yield
        rawdb.dispose()

    def test_no_url(self) -> None:
        with pytest.raises(CantStartEngineError, match="RAWDB_URL"):
            rawdb.default_database()
        with pytest.raises(CantStartEngineError), rawdb.reader.using(None):
            raise AssertionError("entered")

    @pytest.mark.dialects("sqlite")
    def test_by_the_environment(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RAWDB_URL", url)
        assert rawdb.default_database().url == parse_url(url)
        other = "sqlite:///other.db"
        rawdb.configure(connection=other)
        assert rawdb.default_database().url == parse_url(other)

    def test_configure_until_it_is_used(self, url: str) -> None:
        rawdb.configure(connection=url, queries=None)
        rawdb.configure(max_pool_size=1)
        assert rawdb.default_database().options.max_pool_size == 1
        rawdb.default_database().pool()
        with pytest.raises(AlreadyStartedError):
            rawdb.configure(max_pool_size=2)
        with pytest.raises(TypeError):
            rawdb.configure(connection=url)
        rawdb.configure(instance_name_template="i-%s")
        rawdb.dispose()
        rawdb.configure(connection=url, max_pool_size=2)
        assert rawdb.default_database().options.max_pool_size == 2
        rawdb.configure(instance_name_template="instance-%08x")

    def test_unknown_names_warn_at_once(self) -> None:
        with pytest.warns(NotSupportedWarning, match="'zork'"):
            rawdb.configure(zork=1)

    @pytest.mark.dialects("sqlite")
    def test_lent_connections(self, url: str) -> None:
        assert rawdb.default.lent_connections() == []
        rawdb.configure(connection=url)
        assert rawdb.default.lent_connections() == []
        with rawdb.writer.using(None) as sql:
            sql.execute("SELECT 1")
            assert len(rawdb.default.lent_connections()) == 1
        assert rawdb.default.lent_connections() == []


def test_with_the_class_of_its_statements(url: str) -> None:
    """Made before there is a database, it goes by the default one of each moment, whose blocks are the same."""
    rawdb.dispose()
    database = rawdb.DefaultDatabase[rawdb.typed.Handle]()
    rawdb.configure(connection=url)
    with database.writer.using("x") as sql:
        assert rawdb.sql("x").execute("SELECT 1").rows == [(1,)]
        assert database.sql("x").execute("SELECT 1").rows == sql.execute("SELECT 1").rows
    with database.reader.using("x"), pytest.raises(TypeError, match="READER"), rawdb.writer.using("x"):
        pass
    with pytest.raises(NoEngineContextEstablished):
        database.sql("x")
    rawdb.dispose()
    with pytest.raises(CantStartEngineError), database.reader.using():
        pass


def test_sql_of_ones_own(tmp_path: Path) -> None:
    """Its tables are the live ones and not those of the cloud, and None is no value to it."""
    (tmp_path / "notes.sql").write_text(
        "-- name: note_count(id)$\n-- N.\nSELECT COUNT(*) AS n FROM notes AS n WHERE n.id = :id;\n"
    )
    rawdb.dispose()
    rawdb.configure(connection=f"sqlite:///{tmp_path / 'own.db'}", queries=tmp_path)
    with rawdb.writer.using(None) as sql:
        sql.execute("CREATE TABLE notes (id INTEGER)")
        sql.execute("INSERT INTO notes (id) VALUES (NULL)")
    with rawdb.reader.using(None) as sql:
        assert sql.note_count(id=None) == 0
    assert "instances" not in rawdb.default_database().tables
    rawdb.dispose()
