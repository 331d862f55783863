"""SQL files as statements: loading, the overlay of a dialect over the common set, parity between dialects.

`load_statements` reads and checks a whole folder; `lazy_statements` is for one that was checked before, and parses each
statement when it is first asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from rawdb.dialects import DIALECTS, Dialect
from rawdb.exceptions import StatementError
from rawdb.statements.columns import Table
from rawdb.statements.lazy import Lazy
from rawdb.statements.parsing import HEADER, Block, parse
from rawdb.statements.parts import parts_in, share_parts, with_parts
from rawdb.statements.scripts import is_script, parse_script
from rawdb.statements.statement import Statement
from rawdb.statements.tokens import Source

__all__ = ["Statement", "check_parity", "lazy_statements", "load_statements"]

#: The end of a line, a header in the next one and the name behind it: a pattern that begins with a character is found
#: much faster than HEADER, which begins with a line, and a whole folder is looked through.
_NAME = re.compile(r"\n" + HEADER.pattern.removeprefix("^") + r"[ \t]*([^\s(^$!<*#]*)", HEADER.flags)


def load_statements(
    root: Path | str, dialect: Dialect, tables: Mapping[str, Table] | None = None, *, none_is_null: bool = False
) -> dict[str, Statement]:
    """The effective statements of a dialect: the common set with the dialect's own laid over it.

    `root` holds `common/` and a folder per dialect, or simply the `.sql` files of one set. With `none_is_null` a
    parameter that is None compares as NULL does by IS, and unknown keys of `values` are left out: so the documented
    operations want it. Raises StatementError naming every fault found, one a line:
    `file:line:column - what; what to write instead`.
    """
    effective: dict[str, Statement] = {}
    faults: list[str] = []
    for layer, folder in _layers(Path(root), dialect):
        own: dict[str, Statement] = {}
        for path in sorted(folder.glob("*.sql")):
            _load_file(path, layer, dialect, tables or {}, own, faults, none_is_null=none_is_null)
        _check_overlay(effective, own, faults)
        effective.update(own)
    complete, unshared = share_parts(effective)
    if faults or unshared:
        raise StatementError("\n".join([*faults, *unshared]))
    return {name: one.completed() for name, one in complete.items()}


def lazy_statements(
    root: Path | str, dialect: Dialect, tables: Mapping[str, Table] | None = None, *, none_is_null: bool = False
) -> Mapping[str, Statement]:
    """The same for a folder that was checked before: all names, each statement parsed when it is first asked for.

    A fault inside a statement is raised then; what only the whole folder shows (a part that stands twice, an
    overlay that differs, text before the first name) is not looked for, but for two statements of one name.
    """
    places: dict[str, tuple[_File, int]] = {}
    for layer, folder in _layers(Path(root), dialect):
        own: dict[str, tuple[_File, int]] = {}
        for path in sorted(folder.glob("*.sql")):
            for name, place in _File(path, layer).places():
                if name in own:
                    raise StatementError(f"{place[0].location(place[1])} - {name} stands twice; give it another name")
                own[name] = place
        places.update(own)

    @cache
    def owners() -> dict[str, str]:
        """The statements that hold parts, by the parts' names: looked for when the first part is asked for."""
        return {
            part: name
            for name, (file, number) in places.items()
            if file.has_parts
            for part in parts_in(file.block(number))
        }

    def read(name: str) -> Statement:
        file, number = places[name]
        return parse(file.block(number), dialect, tables or {}, none_is_null=none_is_null)

    parsed = Lazy(places, read)
    return Lazy(places, lambda name: with_parts(parsed[name], lambda part: parsed[owners()[part]]).completed())


class _File:
    """A file that is cut at its headers; a block of it is made when somebody asks for it."""

    def __init__(self, path: Path, layer: str) -> None:
        self._source = _source(path)
        self._layer = layer
        self._domain = path.stem
        self._headers = _headers(self._source.text)
        self.has_parts = "part" in self._source.text

    def places(self) -> Iterator[tuple[str, tuple[_File, int]]]:
        """The names in it, and where each stands."""
        return ((name, (self, number)) for number, (_, name) in enumerate(self._headers))

    def location(self, number: int) -> str:
        """File and line of a header."""
        return f"{self._source.path}:{self._source.line_of(self._headers[number][0])}:1"

    def block(self, number: int) -> Block:
        """The block behind a header."""
        following = self._headers[number + 1 : number + 2]
        end = following[0][0] if following else len(self._source.text)
        return Block(self._source, self._headers[number][0], end, self._layer, self._domain)


def _headers(text: str) -> list[tuple[int, str]]:
    """Where the line of each header begins, and the name in it."""
    # With a line's end in front of the first line too, a match begins where its line does in the text.
    return [(match.start(), match[1]) for match in _NAME.finditer(f"\n{text}")]


def _source(path: Path) -> Source:
    try:
        # In one piece: the codec that drops the mark in front takes a file apart in Python.
        text = path.read_text(encoding="utf-8").removeprefix("\ufeff")
        source = Source.of(_short(path), text)
    except UnicodeDecodeError as error:
        raise StatementError(
            f"byte {error.start} is no UTF-8; save the file as UTF-8", file=_short(path), line=1, column=1
        ) from None
    if "\0" in source.text:
        # PostgreSQL takes a text for ended there.
        raise source.error(source.text.index("\0"), "a NUL character", "take it out")
    return source


def _layers(root: Path, dialect: Dialect) -> list[tuple[str, Path]]:
    if not root.is_dir():
        raise StatementError("no such folder; expected a folder of .sql files", file=str(root))
    own = (dialect.name, root / dialect.name)
    if (root / "common").is_dir():
        return [("common", root / "common"), own]
    if any((root / name).is_dir() for name in DIALECTS):
        return [("common", root), own]
    return [(dialect.name, root)]


def _load_file(
    path: Path,
    layer: str,
    dialect: Dialect,
    tables: Mapping[str, Table],
    own: dict[str, Statement],
    faults: list[str],
    *,
    none_is_null: bool,
) -> None:
    try:
        source = _source(path)
    except StatementError as error:
        faults.append(str(error))
        return
    starts = [match.start() for match in HEADER.finditer(source.text)]
    try:
        _check_preamble(source, starts[0] if starts else len(source.text))
    except StatementError as error:
        faults.append(str(error))
    for start, end in pairwise([*starts, len(source.text)]):
        try:
            block = Block(source, start, end, layer, path.stem)
            read = parse_script if is_script(block) else parse
            statement = read(block, dialect, tables, none_is_null=none_is_null)
            if statement.name in own:
                first = own[statement.name].location
                raise source.error(start, f"{statement.name} stands already at {first}", "give one another name")
            own[statement.name] = statement
        except StatementError as error:
            faults.append(str(error))


def _check_preamble(source: Source, end: int) -> None:
    """Before the first name there may be comments about the file, and no SQL: it would belong to nothing."""
    position = 0
    for line in source.text[:end].splitlines(keepends=True):
        if line.strip() and not line.lstrip().startswith("--"):
            raise source.error(position, "SQL without a name", "write -- name: operation(parameter, ...) above it")
        position += len(line)


def _short(path: Path) -> str:
    """The path from its `sql` folder on: the same in a checkout and in a wheel."""
    parts = path.parts
    return "/".join(parts[parts.index("queries") - 1 :]) if "queries" in parts[1:] else str(path)


def _check_overlay(below: Mapping[str, Statement], own: Mapping[str, Statement], faults: list[str]) -> None:
    for name, statement in own.items():
        base = below.get(name)
        if base is None:
            continue
        if base.domain != statement.domain:
            faults.append(
                f"{statement.location}:1 - {name} replaces the one of {base.location}; move it to {base.domain}.sql"
            )
        faults += [
            f"{statement.location}:1 - {name} has {difference} than at {base.location}; make them agree"
            for difference in _differences(base, statement)
        ]


def _differences(one: Statement, other: Statement) -> list[str]:
    """In what the calls of two statements of a name differ."""
    differences = []
    if one.operation is not other.operation:
        mark = one.operation.value or "no mark"
        differences.append(f"another operation ({other.operation.value or 'no mark'}, expected {mark})")
    if set(one.parameters) != set(other.parameters):
        differences.append(f"other parameters ({', '.join(other.parameters)})")
    if one.accepts != other.accepts:
        changed = sorted(one.accepts ^ other.accepts)
        differences.append(f"other slots ({', '.join(changed)} on one side only)")
    return differences


def check_parity(sets: Mapping[str, Mapping[str, Statement]]) -> Sequence[str]:
    """Faults of the effective sets of several dialects.

    A fault is a name that one of them lacks, or two statements of a name that differ in their parameters, slots or
    operations. An empty list: the sets can be called alike.
    """
    faults = []
    for name in sorted({name for statements in sets.values() for name in statements}):
        missing = [dialect for dialect, statements in sets.items() if name not in statements]
        if missing:
            faults.append(f"{name} is missing on {', '.join(missing)}")
            continue
        first, *others = [statements[name] for statements in sets.values()]
        for other in others:
            faults += [
                f"{name} has {difference} at {other.location} than at {first.location}"
                for difference in _differences(first, other)
            ]
    return faults
