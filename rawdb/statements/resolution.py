"""Which table and column a place in a statement speaks of: enough of SQL's grammar to check values by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from rawdb.statements.columns import Column, Table
from rawdb.statements.scopes import Scope, Scopes, enclosing
from rawdb.statements.tokens import Token, is_name, name_of

COMPARISONS = frozenset({"=", "<>", "!=", "<", ">", "<=", ">="})
_NOT_CODE = frozenset({"space", "line_comment", "comment", "hint", "versioned", "slot_open", "slot_close"})
#: Functions whose result is of the type of their first argument.
_SAME_TYPE = frozenset({"ABS", "COALESCE", "IFNULL", "LOWER", "MAX", "MIN", "NULLIF", "TRIM", "UPPER"})
#: Behind these words stands a number of rows.
_COUNTS = {word: Column("", word, word.lower()) for word in ("LIMIT", "OFFSET")}
_NULL_TESTS = {"=": "IS NULL", "<>": "IS NOT NULL", "!=": "IS NOT NULL"}
#: What stands before an operand that begins here, beside signs of comparison.
_BEGINS = frozenset({
    "", "(", ",", "AND", "BETWEEN", "BY", "CASE", "ELSE", "HAVING", "LIMIT", "NOT", "OFFSET", "ON", "OR", "SELECT",
    "SET", "THEN", "UPDATE", "WHEN", "WHERE",
})  # fmt: skip
#: Words behind which an operand goes on, beside signs.
_GOES_ON = frozenset({
    "AT", "BETWEEN", "DIV", "GLOB", "ILIKE", "IN", "IS", "LIKE", "MATCH", "MOD", "NOT", "REGEXP", "RLIKE", "SIMILAR",
    "XOR",
})  # fmt: skip


def code(tokens: Iterable[Token]) -> list[Token]:
    """The tokens that a server would see, without blanks, comments and markers."""
    return [token for token in tokens if token.kind not in _NOT_CODE]


class Place(NamedTuple):
    """The column that a parameter is compared with or stored in, where that is known."""

    column: Column | None
    stored: bool
    #: Whether a sign of equality stands between the two, or it is one of several behind IN.
    equal: bool = False


class Resolver:
    """Answers for one statement. `tables` are the declared ones."""

    def __init__(self, tokens: Iterable[Token], tables: Mapping[str, Table]) -> None:
        self._words = code(tokens)
        self._index = {token.position: index for index, token in enumerate(self._words)}
        self._upper = [token.text.upper() for token in self._words]
        self._opened = enclosing(self._words)
        self.tables = tables
        self._scopes = Scopes(self._words, self._upper, self._opened)
        self.target = self._scopes.target

    @property
    def verbs(self) -> list[str]:
        """The verbs that change rows, those in a WITH included."""
        starts = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")
        return [
            word
            for index, word in enumerate(self._upper)
            if word in starts and self._before(index) in ("", "(", "AS", ")") and self._after(index) != "("
        ]

    @property
    def verb(self) -> str:
        """The verb of the statement itself."""
        if self._upper[:1] != ["WITH"]:
            return self._upper[0] if self._upper else ""
        verbs = (*self.verbs, "SELECT", "VALUES", "TABLE")
        return next((w for at, w in enumerate(self._upper) if self._opened[at] is None and w in verbs), "")

    @property
    def verb_position(self) -> int:
        """Where that verb stands."""
        return self._words[self._verb_index()].position

    def words_behind_verb(self, count: int) -> list[str]:
        """The next words, in capitals."""
        start = self._verb_index() + 1
        return self._upper[start : start + count]

    def _verb_index(self) -> int:
        verb = self.verb
        return next((at for at, w in enumerate(self._upper) if w == verb and self._opened[at] is None), 0)

    @property
    def returns(self) -> bool:
        """Whether the statement itself gives back the rows that it changes."""
        return any(word == "RETURNING" and self._opened[at] is None for at, word in enumerate(self._upper))

    def results(self, ends: Collection[str]) -> list[list[Token]]:
        """The entries of the statement's own list of results, which one of these words ends."""
        word = "SELECT" if self.verb == "SELECT" else "RETURNING"
        outside = [at for at, opened in enumerate(self._opened) if opened is None]
        start = next((at + 1 for at in outside if self._upper[at] == word), len(self._words))
        if self._upper[start : start + 1] in (["DISTINCT"], ["ALL"]):
            start += 1
        if self._upper[start : start + 1] == ["ON"]:
            start = (self._closing(start + 1) or start) + 1
        entries: list[list[Token]] = [[]]
        for at in range(start, len(self._words)):
            if self._opened[at] is None and self._upper[at] in ends:
                break
            if self._opened[at] is None and self._upper[at] == ",":
                entries.append([])
            else:
                entries[-1].append(self._words[at])
        return [entry for entry in entries if entry]

    def tables_behind(self, star: Sequence[Token]) -> list[str]:
        """The names of the tables whose columns `*` or `alias.*` stands for."""
        scope = self._scope_of(star)
        if len(star) == 1:
            return list(scope.tables.values())
        return [scope.table(name_of(star[0])) or ""]

    @property
    def writes(self) -> bool:
        """Whether the statement changes rows."""
        return bool(self.verbs)

    @property
    def changes_rows(self) -> bool:
        """Whether the statement is or holds an UPDATE or a DELETE, whose conditions choose what is changed."""
        return not {"UPDATE", "DELETE"}.isdisjoint(self.verbs)

    @property
    def is_upsert(self) -> bool:
        """Whether the statement may find the row there instead of storing it."""
        pairs = set(pairwise(self._upper))
        found = {("ON", "CONFLICT"), ("ON", "DUPLICATE"), ("INSERT", "IGNORE"), ("INSERT", "OR"), ("REPLACE", "INTO")}
        return not pairs.isdisjoint(found)

    @property
    def rows_given(self) -> int | None:
        """How many rows the statement's VALUES hold; None where it has none of them."""
        if "VALUES" not in self._upper:
            return None
        start = self._upper.index("VALUES") + 1
        rows = 0
        while start < len(self._upper) and self._upper[start] == "(":
            closed = self._closing(start)
            if closed is None:
                return None
            rows += 1
            start = closed + 2 if self._after(closed) == "," else len(self._upper)
        return rows or None

    def has(self, *words: str) -> bool:
        """Whether one of the words stands in the statement."""
        return not set(words).isdisjoint(self._upper)

    @property
    def table_names(self) -> set[str]:
        """The names of all tables in it."""
        return self._scopes.table_names

    def table_of(self, alias: str, sample: Iterable[Token]) -> Table | None:
        """The declared table behind an alias in a sample; for no alias, the only table there is."""
        return self.tables.get(self.table_name(alias, sample))

    def table_name(self, alias: str, sample: Iterable[Token]) -> str:
        """The name of the table behind an alias, declared or not; empty where it is not clear."""
        scope = self._scope_of(sample)
        if alias:
            return scope.table(alias) or ""
        names = set(scope.tables.values())
        return next(iter(names)) if len(names) == 1 else ""

    def names_several(self, sample: Iterable[Token]) -> bool:
        """Whether a column without an alias might be one of several tables here."""
        return len(set(self._scope_of(sample).tables.values())) > 1

    def alias_in(self, sample: Iterable[Token]) -> str:
        """The alias that qualifies the first column of a sample, or nothing."""
        for word, following in pairwise(code(sample)):
            if is_name(word) and following.text == "." and self._scope_of([word]).table(name_of(word)) is not None:
                return name_of(word)
        return ""

    def _scope_of(self, sample: Iterable[Token]) -> Scope:
        words = code(sample)
        return self._scopes.at(self._index.get(words[0].position, 0) if words else 0)

    def place(self, parameter: Token) -> Place:
        """What a parameter is compared with, or stored in."""
        return self._place(self._index[parameter.position], self._index[parameter.position])

    def null_test(self, parameter: Token) -> str:
        """The text that stands for a comparison when its right side, the parameter alone, is None; '' for no such."""
        index = self._index[parameter.position]
        column = index >= 2 and (is_name(self._words[index - 2]) and self._column_ends(index - 2))
        alone = self._after(index) in ("", ")", "AND", "OR", "ORDER", "GROUP", "LIMIT", "FOR", ";", "UNION", "THEN")
        return _NULL_TESTS.get(self._before(index), "") if column and alone else ""

    def _column_ends(self, index: int) -> bool:
        """Whether the name here is a whole operand: `column` or `alias.column`."""
        start = index - 2 if self._before(index) == "." else index
        return self._before(start) in ("WHERE", "AND", "OR", "ON", "(", "NOT", "HAVING", "WHEN")

    def _place(self, first: int, last: int) -> Place:
        """The place of an operand that stretches over some words; of a part of an expression, none."""
        before = self._before(first)
        if before in _BEGINS and self._after(last) in COMPARISONS:
            return Place(self._column_after(last + 2), False, self._after(last) in _NULL_TESTS)
        if not self._ends(last):
            return Place(None, False)
        if self._is_assigned(first):
            return Place(self._assigned(first), True)
        if before in COMPARISONS:
            return Place(self._column_before(first - 1), False, before in _NULL_TESTS)
        if before == "LIKE":
            return Place(_if_text(self._column_before(first - 1)), False)
        if before == "BETWEEN":
            return Place(self._column_before(first - 1), False)
        if before == "AND" and first >= 4 and self._upper[first - 3] == "BETWEEN":
            return Place(self._column_before(first - 3), False)
        if before in _COUNTS:
            return Place(_COUNTS[before], False)
        if before in ("WHEN", "THEN", "ELSE"):
            return self._in_case(first, before)
        return self._in_parentheses(first, last) if before in ("(", ",") else Place(None, False)

    def _ends(self, last: int) -> bool:
        """Whether an operand ends here: nothing goes on with it."""
        if last + 1 >= len(self._words):
            return True
        following = self._words[last + 1]
        if following.kind in ("word", "semicolon"):
            return self._upper[last + 1] not in _GOES_ON
        return following.text in (")", ",") or following.kind == "quoted"

    def _in_case(self, first: int, before: str) -> Place:
        """The place of a value after WHEN, THEN or ELSE: of what CASE looks at, or of what its result goes to."""
        depth = 0
        for at in range(first - 1, -1, -1):
            depth += {"END": 1, "CASE": -1}.get(self._upper[at], 0)
            if depth < 0:
                if before == "WHEN":
                    return Place(self._column_after(at + 1), False)
                end = self._end_of_case(at)
                if end is None or self._before(at) not in COMPARISONS:
                    return Place(None, False)
                return self._place(at, end)
        return Place(None, False)

    def _end_of_case(self, start: int) -> int | None:
        depth = 0
        for at in range(start, len(self._upper)):
            depth += {"CASE": 1, "END": -1}.get(self._upper[at], 0)
            if depth == 0:
                return at
        return None

    def _in_parentheses(self, first: int, last: int) -> Place:
        opened = self._opened[first]
        if opened is None:
            return Place(None, False)
        before = self._before(opened)
        if before == "IN":
            return Place(self._column_before(opened - 1), False, True)
        if before == "VALUES" or (before == "," and self._closes_row(opened - 2)):
            return Place(self._inserted(first, opened), True)
        closed = self._closing(opened)
        if before in _SAME_TYPE and self._before(first) == "(" and closed is not None:
            return Place(self._place(opened - 1, closed).column, False)
        return Place(None, False)

    def _before(self, index: int) -> str:
        return self._upper[index - 1] if index > 0 else ""

    def _after(self, index: int) -> str:
        return self._upper[index + 1] if index + 1 < len(self._upper) else ""

    def _closing(self, opened: int) -> int | None:
        for index in range(opened + 1, len(self._words)):
            if self._upper[index] == ")" and self._opened[index] == opened:
                return index
        return None

    def _closes_row(self, index: int) -> bool:
        """Whether a parenthesis that ends here is a row of VALUES."""
        opened = self._opened[index] if self._upper[index] == ")" else None
        return opened is not None and (
            self._before(opened) == "VALUES" or (self._before(opened) == "," and self._closes_row(opened - 2))
        )

    def _inserted(self, index: int, opened: int) -> Column | None:
        """The column of an INSERT that a value in its row goes to."""
        table = self.tables.get(self.target or "")
        if table is None or "INTO" not in self._upper:
            return None
        start = self._upper.index("INTO") + 2
        if self._upper[start] != "(":
            return None
        names = []
        for word in self._words[start + 1 :]:
            if word.text == ")":
                break
            if is_name(word):
                names.append(name_of(word))
        position = sum(1 for at in range(opened, index) if self._upper[at] == "," and self._opened[at] == opened)
        return table.columns.get(names[position]) if position < len(names) else None

    def _is_assigned(self, index: int) -> bool:
        """Whether `column = value` at this value is an assignment of a SET list."""
        start = index - 3
        if self._before(index) != "=" or start < 0 or not is_name(self._words[index - 2]):
            return False
        if self._upper[start] == ".":
            start -= 2
        return self._begins_set(start) or (self._upper[start] == "," and self._is_in_set(start))

    def _assigned(self, index: int) -> Column | None:
        """The column that a value in a SET list is for: an unqualified one is the target's."""
        table = self.tables.get(self.target or "")
        if self._upper[index - 3] == ".":
            at = index - 4
            table = self.tables.get(self._scopes.at(at).table(name_of(self._words[at])) or "")
        return table.columns.get(name_of(self._words[index - 2])) if table else None

    def _begins_set(self, index: int) -> bool:
        return self._upper[index] == "SET" or (self._upper[index] == "UPDATE" and self._before(index) == "KEY")

    def _is_in_set(self, index: int) -> bool:
        depth = self._opened[index]
        for at in range(index - 1, -1, -1):
            if self._opened[at] != depth:
                continue
            if self._begins_set(at):
                return True
            if self._upper[at] in ("WHERE", "SELECT", "VALUES", "BY"):
                return False
        return False

    def _column_before(self, operator: int) -> Column | None:
        """The column that is the whole operand before an operator, alone or as the argument of a function."""
        end = operator - 1
        if end >= 0 and self._upper[end] == "NOT":
            end -= 1
        if end < 0:
            return None
        start = end
        if self._upper[end] == ")":
            opened = self._opened[end]
            if opened is None:
                return None
            start = opened - 1 if self._before(opened) in _SAME_TYPE else opened
        elif self._before(end) == ".":
            start = end - 2
        if self._before(start) not in _BEGINS:
            return None
        return self._column_in(start, end)

    def _column_after(self, start: int) -> Column | None:
        """The column that is the whole operand from here on."""
        if start >= len(self._words):
            return None
        end = start
        if self._upper[start] in _SAME_TYPE and self._after(start) == "(":
            closed = self._closing(start + 1)
            if closed is None:
                return None
            end = closed
        elif self._upper[start] == "(":
            end = self._closing(start) or start
        elif self._after(start) == ".":
            end = start + 2
        return self._column_in(start, end) if self._ends(end) else None

    def _column_in(self, start: int, end: int) -> Column | None:
        """The column that some words are: `column`, `alias.column`, either in parentheses, or in a function first."""
        if self._upper[start] == "(":
            return self._column_in(start + 1, end - 1) if end > start + 1 else None
        if self._after(start) == "(" and end > start:
            if self._upper[start] not in _SAME_TYPE:
                return None
            inside = start + 2
            last = next(
                (at for at in range(inside, end) if self._upper[at] == "," and self._opened[at] == start + 1), end
            )
            return self._column_in(inside, last - 1) if last > inside else None
        qualified = end == start + 2 and self._upper[start + 1] == "."
        if not (qualified or end == start) or not is_name(self._words[end]):
            return None
        return self._column_at(end)

    def _column_at(self, index: int) -> Column | None:
        column = name_of(self._words[index])
        scope: Scope | None = self._scopes.at(index)
        if self._before(index) == "." and index > 1:
            table = self.tables.get(self._scopes.at(index).table(name_of(self._words[index - 2])) or "")
            return table.columns.get(column) if table else None
        while scope is not None:
            if scope.hides(column, index):
                return None
            tables = [self.tables.get(name) for name in set(scope.tables.values())]
            owners = [table for table in tables if table is None or column in table.columns]
            if owners:
                # One that is not declared may have the column too.
                return owners[0].columns[column] if len(owners) == 1 and owners[0] is not None else None
            scope = scope.outer
        return None


def _if_text(column: Column | None) -> Column | None:
    """The column if a pattern is a value of it: a number's digits can be matched, and no pattern is a number."""
    return (
        column
        if column is not None and column.type.startswith(("string", "char", "text", "mediumtext", "longtext"))
        else None
    )
