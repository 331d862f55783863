"""A scanner for SQL text: strings, comments, slot markers and parameters, each with its place.

It understands as much SQL as is needed to tell a parameter from a colon in a string, and to find slots.
Whatever an SQL file may not hold is refused here, with what to write instead.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rawdb.exceptions import StatementError


@dataclass(frozen=True)
class Token:
    """A piece of SQL text. `kind` is one of the group names of the scanner."""

    kind: str
    text: str
    position: int


@dataclass(frozen=True)
class Source:
    """A named text that can say where a position in it lies."""

    path: Path | str
    text: str
    line_starts: tuple[int, ...]

    @classmethod
    def of(cls, path: Path | str, text: str) -> Source:
        starts = [0] + [match.end() for match in re.finditer("\n", text)]
        return cls(path, text, tuple(starts))

    def line_of(self, position: int) -> int:
        return bisect_right(self.line_starts, position)

    def error(self, position: int, what: str, instead: str) -> StatementError:
        """A load error that points at a position and says what to write instead."""
        line = self.line_of(position)
        column = position - self.line_starts[line - 1] + 1
        return StatementError(f"{what}; {instead}", file=str(self.path), line=line, column=column)


_SCANNER = re.compile(
    r"""
      (?P<slot_close>/\*\{\}\*/)
    | (?P<slot_open>/\*\{[^}*]*\}\*/)
    | (?P<bad_slot>/\*\s*\{)
    | (?P<versioned>/\*!)
    | (?P<comment>/\*.*?\*/)
    | (?P<open_comment>/\*)
    | (?P<line_comment>--(?=\s|\Z)[^\n]*)
    | (?P<bad_comment>--)
    | (?P<string>'(?:''|[^'])*')
    | (?P<quoted>"(?:""|[^"])+"|`[^`\n]+`)
    | (?P<cast>::)
    | (?P<parameter>:[A-Za-z_]\w*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<space>\s+)
    | (?P<operator><>|!=|<=|>=|\|\||[=<>])
    | (?P<semicolon>;)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_REFUSED = {
    "cast": ("`::` is PostgreSQL's own", "write CAST(x AS type)"),
    "versioned": ("a versioned comment is code on one server only", "put the statement into that dialect's file"),
    "bad_slot": ("a slot marker that is none", "write /*{kind}*/ or /*{kind name}*/, and /*{}*/ at its end"),
    "open_comment": ("a comment that does not end", "close it with */"),
    "bad_comment": ("`--` without a blank is no comment on every server", "write `-- ` and the comment"),
}
_REFUSED_CHARACTERS = {
    "%": ("`%` means three things under the three drivers", "write MOD(a, b), or bind the pattern as a parameter"),
    "$": ("`$` quotes on one server only", "write a '...' string or a :parameter"),
    "?": ("`?` is a driver's placeholder", "write a :parameter"),
    "#": ("`#` starts a comment on one server only", "write `-- ` for a comment, a function for an operator"),
    "'": ("a string that does not end", "close it with '"),
    '"': ("a quoted name that does not end", 'close it with "'),
    "`": ("a quoted name that does not end", "close it with `"),
    "\\": ("a backslash means different things in different servers", "bind the text as a parameter"),
}


def scan(source: Source, start: int, end: int) -> list[Token]:
    """The tokens of one stretch of a file. Raises StatementError for text that no SQL file may hold."""
    return list(_scan(source, start, end))


def _scan(source: Source, start: int, end: int) -> Iterator[Token]:
    for match in _SCANNER.finditer(source.text, start, end):
        kind, text = str(match.lastgroup), match.group()
        _refuse(source, kind, text, match.start())
        yield Token(kind, text, match.start())


def _refuse(source: Source, kind: str, text: str, position: int) -> None:
    if kind in _REFUSED:
        raise source.error(position, *_REFUSED[kind])
    if kind == "comment" and "/*" in text[2:]:
        raise source.error(position, "a comment inside a comment ends at another place on each server", "use one")
    if kind in ("string", "quoted"):
        for character in "\\%":
            if character in text:
                raise source.error(position + text.index(character), *_REFUSED_CHARACTERS[character])
    if kind == "other" and text in _REFUSED_CHARACTERS:
        raise source.error(position, *_REFUSED_CHARACTERS[text])
    if kind == "other" and text == ":":
        raise source.error(position, "a colon that starts no parameter", "write :name, or CAST for `::`")
