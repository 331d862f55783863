"""`rawdb archive`, on every dialect."""

from __future__ import annotations

import io
import sys
import time

import pytest

import rawdb
from rawdb.cli import main
from tests.operations.archive_helpers import deleted_rows, fill, numbers

TABLE = "certificates"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Command:
    """The command on one database, and what it printed."""

    def __init__(self, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._url = url
        self._capsys = capsys

    def __call__(self, *arguments: str, status: int = 0) -> str:
        assert main(["archive", "--url", self._url, *arguments]) == status
        # The command closes what it has opened; the test looks on.
        rawdb.configure(connection=self._url)
        return self._capsys.readouterr().out

    def errors(self) -> str:
        return self._capsys.readouterr().err


@pytest.fixture
def command(db: str, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(db, capsys)


def test_everything(command: Command) -> None:
    deleted_rows(TABLE, 1, 2, 3)
    deleted_rows("cells", 1, 2)
    printed = command("--batch-size", "2", "--pause", "0.001")
    assert [line.split() for line in printed.splitlines()[2:4]] == [["cells", "2"], [TABLE, "3"]]
    assert "5 rows moved in " in printed
    assert (numbers(TABLE), numbers(TABLE, shadow=True)) == ([], [1, 2, 3])
    assert "0 rows moved in " in command()


def test_a_dry_run(command: Command) -> None:
    deleted_rows(TABLE, 1, 2, 3)
    deleted_rows("cells", 1, 2)
    printed = command("--dry-run", "--max-rows", "4")
    assert [line.split() for line in printed.splitlines()[2:4]] == [["cells", "2", "2"], [TABLE, "3", "2"]]
    assert printed.endswith("4 rows would move\n")
    assert command("--dry-run", "--table", "task_log") == "0 rows would move\n"
    assert (numbers(TABLE), numbers(TABLE, shadow=True)) == ([1, 2, 3], [])


def test_chosen_tables_and_a_limit(command: Command) -> None:
    for table in (TABLE, "cells", "task_log"):
        deleted_rows(table, 1, 2, 3)
    assert "4 rows moved" in command("--table", TABLE, "--table", "cells", "--max-rows", "4")
    assert [numbers(table, shadow=True) for table in ("cells", TABLE, "task_log")] == [[1, 2, 3], [1], []]
    assert "2 rows moved" in command("--table", TABLE)


def test_a_table_that_refuses(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    rows = deleted_rows(TABLE, 1, 2)
    deleted_rows("task_log", 1)
    fill(TABLE, rows[0], to=f"shadow_{TABLE}")
    assert main(["archive", "--url", command._url]) == 1
    printed = capsys.readouterr()
    assert "1 rows moved" in printed.out
    assert f"rawdb: deleted rows of {TABLE} stay where they are: " in printed.err


def test_a_bar_on_a_terminal(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    deleted_rows(TABLE, *range(1, 8))
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", terminal)
        printed = command("--batch-size", "2", "--max-rows", "6")
    pictures = terminal.getvalue().split("\r")
    assert "2 of 6 rows, " in pictures[1]
    assert pictures[1].startswith("██████████░")
    assert "6 of 6 rows, " in pictures[-3]
    assert TABLE in pictures[-3]
    assert pictures[-2].strip() == pictures[-1] == ""
    assert "█" not in printed


def test_an_interruption_and_going_on(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    deleted_rows(TABLE, *range(1, 8))

    sleep = time.sleep

    def interrupted(seconds: float) -> None:
        if seconds == 1.0:
            raise KeyboardInterrupt
        sleep(seconds)

    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", interrupted)
        printed = command("--batch-size", "2", "--pause", "1", status=130)
    assert "2 rows moved in " in printed
    assert "run it again to go on" in printed
    assert "5 rows moved in " in command()


def test_wrong_usage(command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    deleted_rows(TABLE, 1)
    for arguments in (["--table", "zork"], ["--table", "shares"], ["--batch-size", "0"], ["--max-rows", "-1"]):
        assert main(["archive", "--url", command._url, *arguments]) == 1
        assert capsys.readouterr().err.startswith("rawdb: ")
    with pytest.raises(SystemExit):
        main(["archive", "--url", command._url, "--pause", "long"])
    monkeypatch.delenv("RAWDB_URL", raising=False)
    assert main(["archive"]) == 1
    assert "no database URL" in capsys.readouterr().err
