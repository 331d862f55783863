"""What commands print: plain text, with colour and rich's tables where a terminal shows them, or JSON for programs."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO


class Output:
    """Writes to a stream; styled only when it is a terminal and NO_COLOR is not set."""

    def __init__(self, stream: TextIO | None = None, *, as_json: bool = False) -> None:
        self._stream = stream or sys.stdout
        #: Whether a program reads it: `rows` and `json` then print JSON.
        self.as_json = as_json
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

    def json(self, value: Any) -> None:
        """A document; what JSON has no type for is its text."""
        self.line(json.dumps(value, indent=2, default=str))

    def rows(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A table for people, a list of objects for programs."""
        if self.as_json:
            keys = [column.replace(" ", "_") for column in columns]
            self.json([dict(zip(keys, row, strict=True)) for row in rows])
        else:
            self.table(columns, rows)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A table with a ruled head; numbers are right-aligned. In a terminal it is rich's, where that is installed."""
        body = [[_cell(value) for value in row] for row in rows]
        numeric = [all(_is_number(row[i]) for row in body) and bool(body) for i in range(len(columns))]
        if self._styled and importlib.util.find_spec("rich") is not None:
            _rich_table(self._stream, columns, body, numeric)
            return
        widths = [max(len(line[i]) for line in [list(columns), *body]) for i in range(len(columns))]
        self.line(self.bold(_row(columns, widths, numeric)))
        self.line(_row(["─" * width for width in widths], widths, numeric))
        for row in body:
            self.line(_row(row, widths, numeric))


def _rich_table(stream: TextIO, columns: Sequence[str], body: Sequence[Sequence[str]], numeric: Sequence[bool]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name, right in zip(columns, numeric, strict=True):
        table.add_column(Text(name), justify="right" if right else "left", overflow="fold")
    for row in body:
        table.add_row(*(Text(cell) for cell in row))
    Console(file=stream, highlight=False).print(table)


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
