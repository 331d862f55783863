"""Pages that begin at their marker where a NULL stands between: the rows with NULL apart from the others.

`key >= :marker OR key IS NULL` is no stretch of an index to SQLite and PostgreSQL: they read all that stands before the
marker. Each of the two conditions is one. So where both kinds of row may follow a marker, the SELECT around the slots
`after` and `order` is sent twice in one text: what follows among the rows of the marker's kind, and then, for as many
rows as are still wanted, the others. A SELECT whose rows are not simply found (groups, DISTINCT, OFFSET, windows,
locks) is sent as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rawdb.statements.compiled import Call, Position, Segment, Text
from rawdb.statements.criteria import order_terms
from rawdb.statements.segments import Keys, Literal
from rawdb.statements.slots import Order
from rawdb.statements.survey import walk
from rawdb.statements.tokens import BLANKS, Token, is_name, marker, name_of

#: What makes the rows of a SELECT more than those that its conditions find, in their order.
_MORE = frozenset({
    "DISTINCT", "EXCEPT", "FETCH", "FOR", "GROUP", "HAVING", "INTERSECT", "INTO", "OFFSET", "UNION", "WINDOW",
})  # fmt: skip
#: Words that stand by themselves and are no columns.
_NO_COLUMNS = frozenset({
    "CURRENT_CATALOG", "CURRENT_DATE", "CURRENT_ROLE", "CURRENT_SCHEMA", "CURRENT_TIME", "CURRENT_TIMESTAMP",
    "CURRENT_USER", "FALSE", "LOCALTIME", "LOCALTIMESTAMP", "NULL", "SESSION_USER", "TRUE", "USER",
})  # fmt: skip
_COMPOUND = frozenset({"ALL", "DISTINCT", "EXCEPT", "INTERSECT", "UNION"})


@dataclass(frozen=True)
class Mark(Literal):
    """Where a piece of a SELECT with a page begins, or the whole ends. No text."""

    text: str = ""
    #: What its list of results holds, where it begins.
    results: Results | None = None


class Results(NamedTuple):
    """A list of results: the aliases whose `*` stands in it, its names by column and alias, and whether all are known.

    A `*` without alias is one of the alias ''.
    """

    stars: frozenset[str]
    columns: dict[tuple[str, str], str]
    #: In their order; None where a star or an expression without a name is among them.
    names: tuple[str, ...] | None

    def name_of(self, alias: str, column: str) -> str | None:
        """What a column is called in the results; None where it is not among them."""
        if not self.stars.isdisjoint({alias, ""}):
            return column
        return self.columns.get((alias, column))


def marks(tokens: Sequence[Token]) -> dict[int, Mark]:
    """Where the pieces of the SELECT around a page begin: its results, its rows, its limit, and what follows it."""
    found = _Stretch.around_page(tokens)
    results = None if found is None else _results(tokens[found.start + 1 : found.source])
    if found is None or results is None:
        return {}
    return {
        found.start: Mark(results=results),
        found.source: Mark(),
        found.limit: Mark(),
        found.end: Mark(),
    }


class _Stretch(NamedTuple):
    """Indexes of tokens: SELECT, FROM, LIMIT, and what follows the SELECT."""

    start: int
    source: int
    limit: int
    end: int

    @classmethod
    def around_page(cls, tokens: Sequence[Token]) -> _Stretch | None:
        pages = [index for index, token in enumerate(tokens) if marker(token)[0] == "after"]
        start = _select_before(tokens, pages[0]) if len(pages) == 1 else None
        if start is None:
            return None
        words, end = _own_words(tokens, start)
        by_word = {word: index for index, word in reversed(words)}
        source, limit = by_word.get("FROM"), by_word.get("LIMIT")
        if source is None or limit is None or not _MORE.isdisjoint(by_word):
            return None
        if any(token.text.upper() == "OVER" for token in tokens[start:end]):
            return None
        plain = _is_at_top(tokens, start, pages[0]) and _orders_alone(tokens[pages[0] : limit])
        return cls(start, source, limit, end) if plain and _is_number(tokens[limit + 1 : end]) else None


def _select_before(tokens: Sequence[Token], index: int) -> int | None:
    """Where the SELECT begins that a place is in; None where it is part of a compound one."""
    depth = 0
    for at in range(index, -1, -1):
        depth += {")": 1, "(": -1}.get(tokens[at].text, 0)
        if depth < 0:
            return None
        if depth == 0 and tokens[at].kind == "word" and tokens[at].text.upper() == "SELECT":
            before = next((one for one in reversed(tokens[:at]) if one.kind not in BLANKS), None)
            return None if before is not None and before.text.upper() in _COMPOUND else at
    return None


def _own_words(tokens: Sequence[Token], start: int) -> tuple[list[tuple[int, str]], int]:
    """The words of a SELECT itself, not those in parentheses, each with its index; and where it ends."""
    depth = 0
    words: list[tuple[int, str]] = []
    for at in range(start, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
        if depth < 0:
            return words, at
        if depth == 0 and tokens[at].kind == "word":
            words.append((at, tokens[at].text.upper()))
    return words, len(tokens)


def _is_at_top(tokens: Sequence[Token], start: int, page: int) -> bool:
    """Whether the SELECT and its page stand in no other slot."""
    depths = [0, 0]
    for at, token in enumerate(tokens[:page]):
        change = {"slot_open": 1, "slot_close": -1}.get(token.kind, 0)
        depths = [depths[0] + (change if at < start else 0), depths[1] + change]
    return depths == [0, 0]


def _orders_alone(tokens: Sequence[Token]) -> bool:
    """Whether what stands behind the slot `after` ends in ORDER BY and the slot `order`."""
    words = [token for token in tokens if token.kind not in BLANKS]
    opened = next((at for at, token in enumerate(words) if marker(token)[0] == "order"), None)
    if opened is None or [token.text.upper() for token in words[opened - 2 : opened]] != ["ORDER", "BY"]:
        return False
    return next(at for at in range(opened, len(words)) if words[at].kind == "slot_close") == len(words) - 1


def _is_number(tokens: Iterable[Token]) -> bool:
    return [token.kind for token in tokens if token.kind not in BLANKS] in (["parameter"], ["number"])


def _results(tokens: Sequence[Token]) -> Results | None:
    """A list of results; None where a server would call them otherwise in the text that is sent twice."""
    stars: set[str] = set()
    columns: dict[tuple[str, str], str] = {}
    names: list[str | None] = []
    for entry, holds_slot in _entries(tokens):
        texts = [token.text for token in entry]
        if texts == ["*"] or (len(texts) == 3 and texts[1:] == [".", "*"]):
            stars.add(name_of(entry[0]) if len(texts) == 3 else "")
            names.append(None)
            continue
        column, name = (None, None) if holds_slot else _named(entry)
        if column is not None and name == column[1] != column[1].lower() and entry[-1].kind == "word":
            # It is called as the table does, and outside of a SELECT as it is written.
            return None
        names.append(name)
        if column is not None and name is not None:
            columns[column] = name
    known = [name for name in names if name is not None]
    return Results(frozenset(stars), columns, tuple(known) if len(known) == len(names) else None)


def _named(entry: Sequence[Token]) -> tuple[tuple[str, str] | None, str | None]:
    """The column that an entry is, by alias and name, and what it is called; None each where that is not certain."""
    named = len(entry) > 2 and entry[-2].text.upper() == "AS" and is_name(entry[-1])
    value = entry[:-2] if named else entry
    column = None
    if _shape(value) in ("n", "n.n") and value[-1].text.upper() not in _NO_COLUMNS:
        column = (name_of(value[0]) if len(value) == 3 else "", name_of(value[-1]))
    if named:
        return column, name_of(entry[-1])
    return (None, None) if column is None else (column, column[1])


def _shape(tokens: Sequence[Token]) -> str:
    return "".join(["n" if is_name(token) else token.text if token.text == "." else "?" for token in tokens])


def _entries(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], bool]]:
    """The entries of a list of results without blanks, and whether a slot is in each."""
    depth = 0
    entry: list[Token] = []
    holds_slot = False
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            yield entry, holds_slot
            entry, holds_slot = [], False
        elif token.kind in ("slot_open", "slot_close"):
            holds_slot = True
        elif token.kind not in BLANKS:
            entry.append(token)
    yield entry, holds_slot


def grouped(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments with those of a marked SELECT as one that knows its pieces."""
    at = [index for index, segment in enumerate(segments) if isinstance(segment, Mark)]
    if len(at) != 4:
        return tuple(segments)
    results, rows, limit = (tuple(segments[first + 1 : last]) for first, last in pairwise(at))
    begin = segments[at[0]]
    known = begin.results if isinstance(begin, Mark) else None
    order = next((slot for slot in walk(rows) if isinstance(slot, Order)), None)
    if known is None or order is None:
        return tuple(segments)
    return (*segments[: at[0]], SoughtSelect(results, rows, limit, known, order), *segments[at[3] + 1 :])


@dataclass(frozen=True)
class SoughtSelect:
    """A SELECT with a page: its results, its rows in their order, its limit."""

    results: tuple[Segment, ...]
    rows: tuple[Segment, ...]
    limit: tuple[Segment, ...]
    known: Results
    order: Order

    def collect(self, call: Call) -> None:
        """Of the segments inside."""
        for segment in (*self.results, *self.rows, *self.limit):
            segment.collect(call)

    def render(self, text: Text) -> None:
        """Once as it stands; or, where rows of two kinds may follow the marker, once for each kind."""
        trial = text.trial()
        trial.arm = 0
        trial.render((*self.results, *self.rows, *self.limit))
        added = self._added(trial.keys) if trial.kinds == 2 else None
        if added is not None:
            self._render_arms(text, added, trial.keys)
            return
        text.arm = 0 if trial.kinds == 1 else None
        text.render((*self.results, *self.rows, *self.limit))
        text.arm = None

    def _added(self, keys: Keys) -> dict[str, str] | None:
        """The keys that the results lack, each with a name for it there; None where it is not known what they hold."""
        lacking = [key for key, _, _ in keys if self.known.name_of(self.order.alias, key) is None]
        if lacking and self.known.names is None:
            return None
        return {key: f"rawdb_key_{number}" for number, key in enumerate(lacking, 1)}

    def _render_arms(self, text: Text, added: Mapping[str, str], keys: Keys) -> None:
        quote = text.dialect.quote
        names = ", ".join([f"rawdb_page.{quote(name)}" for name in self.known.names or ()]) if added else "*"
        begin = text.position()
        text.add(f"SELECT {names} FROM (WITH rawdb_first AS (")  # noqa: S608
        text.arm = 0
        self._render_arm(text, added)
        text.add(") SELECT * FROM rawdb_first UNION ALL SELECT * FROM (SELECT * FROM (")
        text.go_back(begin)
        text.arm = 1
        limit = self._render_arm(text, added)
        text.arm = None
        text.add(") AS rawdb_second ")
        text.go_back(limit)
        text.render(self.limit)
        # None, where the first are enough: then nothing is read here.
        text.add(" - (SELECT COUNT(*) FROM rawdb_first)) AS rawdb_rest) AS rawdb_page ORDER BY ")
        called = {key: added.get(key) or self.known.name_of(self.order.alias, key) or key for key, _, _ in keys}
        columns = dict(zip(called, self.order.columns(text, called), strict=True))
        text.add(
            order_terms(keys, lambda key: text.as_read(f"rawdb_page.{quote(called[key])}", columns[key], ordered=True))
        )

    def _render_arm(self, text: Text, added: Mapping[str, str]) -> Position:
        """One of the two; gives the position of its limit."""
        text.render(self.results)
        for key, name in added.items():
            text.add(f", {self.order.qualified(text, key)} AS {name}")
        text.add(" ")
        text.render(self.rows)
        limit = text.position()
        text.render(self.limit)
        return limit
