"""`rawdb archive`: deleted rows move to the shadow tables, with a bar on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any, NamedTuple, TextIO

import rawdb
from rawdb.cli.output import Output
from rawdb.context import get_admin_context
from rawdb.exceptions import DBError
from rawdb.operations.archive import Moved, archive_tables, count_deleted_rows

_BAR = 30
#: Seconds between two pictures of the bar.
_REDRAW = 0.1
_INTERRUPTED = 130


class Wanted(NamedTuple):
    """What is to move: of which tables (None: all), how many rows, how many in a transaction, how far apart."""

    tables: list[str] | None
    max_rows: int | None
    batch_size: int
    pause: float


def run(url: str | None, wanted: Wanted, output: Output, *, dry_run: bool) -> int:
    """Archive, or count; 0 when every deleted row that was asked for has moved, 1 when a table refused some."""
    rawdb.dispose()
    if url:
        rawdb.configure(connection=url)
    try:
        return _count(wanted, output) if dry_run else _archive(wanted, output)
    finally:
        rawdb.dispose()


def _count(wanted: Wanted, output: Output) -> int:
    left = wanted.max_rows
    rows: list[tuple[str, int, int]] = []
    for table, deleted in count_deleted_rows(get_admin_context(), wanted.tables).items():
        moving = deleted if left is None else min(deleted, left)
        left = None if left is None else left - moving
        if deleted:
            rows.append((table, deleted, moving))
    if rows:
        output.table(["table", "deleted rows", "would move"], rows)
    output.line(f"{sum(moving for _, _, moving in rows)} rows would move")
    return 0


def _archive(wanted: Wanted, output: Output) -> int:
    context = get_admin_context()
    report = _Report(output, _expected(context, wanted) if sys.stderr.isatty() else None)
    try:
        archive_tables(
            context,
            wanted.tables,
            max_rows=wanted.max_rows,
            batch_size=wanted.batch_size,
            pause=wanted.pause,
            progress=report.moved,
        )
    except KeyboardInterrupt:
        report.print("interrupted; run it again to go on")
        return _INTERRUPTED
    except DBError:
        report.print("stopped by an error; run it again to go on")
        raise
    report.print()
    return 1 if report.refused else 0


def _expected(context: Any, wanted: Wanted) -> int:
    """How many rows will move: the length of the bar."""
    deleted = sum(count_deleted_rows(context, wanted.tables).values())
    return deleted if wanted.max_rows is None else min(deleted, wanted.max_rows)


class _Report:
    """What has moved so far, as a bar while it moves and as a table at the end."""

    def __init__(self, output: Output, expected: int | None) -> None:
        self._output = output
        self._bar = None if expected is None else _Bar(sys.stderr, expected)
        self._rows: dict[str, int] = {}
        self._started = time.monotonic()
        self.refused: dict[str, DBError] = {}

    def moved(self, batch: Moved) -> None:
        """One batch has moved, or could not."""
        if batch.refused is not None:
            self.refused[batch.table] = batch.refused
            return
        self._rows[batch.table] = self._rows.get(batch.table, 0) + batch.rows
        if self._bar is not None:
            self._bar.draw(batch.table, batch.total)

    def print(self, note: str | None = None) -> None:
        """The end of it."""
        if self._bar is not None:
            self._bar.clear()
        if self._rows:
            self._output.table(["table", "rows moved"], list(self._rows.items()))
        total, seconds = sum(self._rows.values()), time.monotonic() - self._started
        self._output.line(f"{total} rows moved in {seconds:.1f} s" + (f"; {note}" if note else ""))
        _complain(self.refused)


def _complain(refused: Mapping[str, DBError]) -> None:
    for table, error in refused.items():
        sys.stderr.write(f"rawdb: deleted rows of {table} stay where they are: {error}\n")


class _Bar:
    """A line that is drawn over and over."""

    def __init__(self, stream: TextIO, expected: int) -> None:
        self._stream = stream
        self._expected = expected
        self._started = time.monotonic()
        self._drawn = float("-inf")
        self._width = 0

    def draw(self, table: str, total: int) -> None:
        """Show how far it is, unless that was just done."""
        now = time.monotonic()
        # Rows that are deleted meanwhile move too.
        expected = max(self._expected, total)
        if now - self._drawn < _REDRAW and total < expected:
            return
        self._drawn = now
        filled = _BAR * total // expected if expected else _BAR
        rate = total / max(now - self._started, 1e-6)
        left = (expected - total) / rate if rate else 0.0
        bar = "█" * filled + "░" * (_BAR - filled)
        self._show(f"{bar} {total:,} of {expected:,} rows, {rate:,.0f}/s, {left:.0f} s left: {table}")

    def clear(self) -> None:
        """Leave no trace."""
        self._show("")

    def _show(self, text: str) -> None:
        self._stream.write(f"\r{text.ljust(self._width)}" if text else f"\r{' ' * self._width}\r")
        self._stream.flush()
        self._width = len(text)
