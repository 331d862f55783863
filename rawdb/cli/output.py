"""Plain text for people: headings, tables, and colour where a terminal shows it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO


class Output:
    """Writes to a stream; styled only when it is a terminal and NO_COLOR is not set."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._styled = self._stream.isatty() and "NO_COLOR" not in os.environ

    def line(self, text: str = "") -> None:
        """One line."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def bold(self, text: str) -> str:
        """The text, bold in a terminal."""
        return f"\x1b[1m{text}\x1b[0m" if self._styled else text

    def dim(self, text: str) -> str:
        """The text, dim in a terminal."""
        return f"\x1b[2m{text}\x1b[0m" if self._styled else text

    def heading(self, text: str) -> None:
        """A line that starts a part."""
        self.line()
        self.line(self.bold(text))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A table with a ruled head; numbers are right-aligned."""
        body = [[_cell(value) for value in row] for row in rows]
        numeric = [all(_is_number(row[i]) for row in body) and bool(body) for i in range(len(columns))]
        widths = [max(len(line[i]) for line in [list(columns), *body]) for i in range(len(columns))]
        self.line(self.bold(_row(columns, widths, numeric)))
        self.line(_row(["─" * width for width in widths], widths, numeric))
        for row in body:
            self.line(_row(row, widths, numeric))


def _row(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    aligned = [
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(cells, widths, numeric, strict=True)
    ]
    return f"  {'   '.join(aligned)}".rstrip()


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _is_number(text: str) -> bool:
    return text == "-" or text.lstrip("-").replace(".", "", 1).isdigit()
