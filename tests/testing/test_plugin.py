"""The pytest plugin, used by a test suite of somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from rawdb.testing.databases import server_version

_SUITE = """
    import pytest
    from rawdb.testing.databases import connected

    @pytest.mark.parametrize("turn", range(4))
    def test_each_has_an_empty_database(rawdb_database, rawdb_dialect, rawdb_servers, turn):
        with connected(rawdb_database) as run:
            run("CREATE TABLE mine (a INTEGER)")
        with open({notes!r}, "a") as notes:
            notes.write(f"{{rawdb_dialect}} {{rawdb_servers[rawdb_dialect]}} {{rawdb_database}}\\n")
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.Pytester:
    for name in ("DIALECTS", "POSTGRESQL_URL", "MYSQL_URL"):
        monkeypatch.delenv(f"RAWDB_TEST_{name}", raising=False)
    pytester.makepyfile(_SUITE.format(notes=str(tmp_path / "notes")))
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_subprocess("-p", "rawdb.testing.plugin", *arguments)


def test_sqlite_is_what_nobody_has_to_choose(suite: pytest.Pytester) -> None:
    result = run(suite)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines("rawdb: SQLite 3.*")


@pytest.mark.usefixtures("private_server")
def test_one_server_serves_all_workers_and_is_gone_afterwards(
    suite: pytest.Pytester, tmp_path: Path, dialect: str
) -> None:
    result = run(suite, f"--rawdb-dialects={dialect}", "-n", "2")
    result.assert_outcomes(passed=4)
    notes = (tmp_path / "notes").read_text().splitlines()
    assert len(notes) == 4
    [(name, url)] = {tuple(note.split()[:2]) for note in notes}
    assert name == dialect
    if dialect == "sqlite":
        assert not Path(url.removeprefix("sqlite:///")).exists()
    else:
        with pytest.raises(Exception, match=r"(?i)refused|can't connect"):
            server_version(url)


@pytest.mark.dialects("postgresql", "mysql")
def test_a_given_server_is_used_and_keeps_no_database(
    suite: pytest.Pytester,
    rawdb_servers: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    dialect: str,
) -> None:
    given = rawdb_servers[dialect]
    monkeypatch.setenv(f"RAWDB_TEST_{dialect.upper()}_URL", given)
    monkeypatch.setenv("RAWDB_TEST_DIALECTS", dialect)
    result = run(suite)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(f"rawdb: {server_version(given)} through *")
    notes = [line.split() for line in (tmp_path / "notes").read_text().splitlines()]
    assert [server for _, server, _ in notes] == [given] * 4
    for _, _, database in notes:
        with pytest.raises(Exception, match=r"(?i)does not exist|unknown database"):
            server_version(database)


def test_an_unknown_dialect_is_a_usage_error(suite: pytest.Pytester) -> None:
    result = run(suite, "--rawdb-dialects=sqlite,oracle")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: unknown dialect 'oracle'*")


def test_a_missing_server_fails_the_run(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAWDB_TEST_POSTGRESQL_BIN", str(tmp_path))
    result = run(suite, "--rawdb-dialects=postgresql")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: initdb was not found*")


def test_a_missing_server_does_not_fail_a_run_that_needs_none(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAWDB_TEST_POSTGRESQL_BIN", str(tmp_path))
    monkeypatch.delenv("RAWDB_TEST_POSTGRESQL_URL", raising=False)
    pytester.makepyfile(
        test_plain="def test_plain(): pass",
        test_lite="""
            import pytest

            @pytest.mark.dialects("sqlite")
            def test_one(rawdb_database): pass
        """,
    )
    run(pytester, "--rawdb-dialects=postgresql,sqlite").assert_outcomes(passed=2)
    run(pytester, "--rawdb-dialects=postgresql,sqlite", "-n", "2").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("dialect_name", "url", "workers"),
    [
        ("postgresql", "postgresql://u:zz-secret@127.0.0.1:1/postgres", ()),
        ("mysql", "mysql://u:zz-secret@127.0.0.1:1/", ()),
        ("mysql", "mysql://u:zz-secret@127.0.0.1:port/", ("-n", "1")),
    ],
)
def test_a_given_server_that_is_not_there(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, dialect_name: str, url: str, workers: tuple[str, ...]
) -> None:
    variable = f"RAWDB_TEST_{dialect_name.upper()}_URL"
    monkeypatch.setenv(variable, url)
    result = run(suite, f"--rawdb-dialects={dialect_name}", *workers)
    output = "\n".join([*result.outlines, *result.errlines])
    assert result.ret != 0
    assert f"{variable} names a server that cannot be used: " in output
    assert "zz-secret" not in output
    assert "INTERNALERROR" not in output
    assert workers or result.ret == pytest.ExitCode.USAGE_ERROR


def test_a_mark_that_names_no_dialect(pytester: pytest.Pytester) -> None:
    """Such a test would never run, and nobody would know."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.dialects("postgres")
        def test_one(rawdb_database): pass
        """
    )
    result = run(pytester)
    assert result.ret != 0
    assert "expected some of postgresql, mysql, sqlite" in "\n".join(result.outlines)
    result.assert_outcomes(errors=1)
