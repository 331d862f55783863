"""Which table and column a place in a statement speaks of: enough of SQL's grammar to check values by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from rawdb.statements.columns import Column, Table
from rawdb.statements.tokens import Token

COMPARISONS = frozenset({"=", "<>", "!=", "<", ">", "<=", ">="})
_NOT_CODE = frozenset({"space", "line_comment", "comment", "slot_open", "slot_close"})
#: Words that can follow a table's name without being its alias.
_NO_ALIAS = frozenset({
    "as", "cross", "do", "except", "fetch", "for", "force", "from", "full", "group", "having", "ignore", "indexed",
    "inner", "intersect", "join", "left", "limit", "natural", "not", "offset", "on", "order", "outer", "returning",
    "right", "set", "tablesample", "union", "use", "using", "values", "where", "window",
})  # fmt: skip
#: Functions whose result is of the type of their first argument.
_SAME_TYPE = frozenset({"ABS", "COALESCE", "IFNULL", "LOWER", "MAX", "MIN", "NULLIF", "SUM", "TRIM", "UPPER"})
#: Behind these words stands a number of rows.
_COUNTS = {word: Column("", word, word.lower()) for word in ("LIMIT", "OFFSET")}
_NULL_TESTS = {"=": "IS NULL", "<>": "IS NOT NULL", "!=": "IS NOT NULL"}
_NO_FUNCTION = frozenset({"AND", "BY", "IN", "NOT", "ON", "OR", "SELECT", "SET", "THEN", "VALUES", "WHEN", "WHERE"})


def code(tokens: Iterable[Token]) -> list[Token]:
    """The tokens that a server would see, without blanks, comments and markers."""
    return [token for token in tokens if token.kind not in _NOT_CODE]


def name_of(token: Token) -> str:
    """The name that a word or a quoted name stands for."""
    return token.text.strip('"`') if token.kind == "quoted" else token.text


def is_name(token: Token) -> bool:
    """Whether a token can be a name."""
    return token.kind in ("word", "quoted")


class Place(NamedTuple):
    """The column that a parameter is compared with or stored in, where that is known."""

    column: Column | None
    stored: bool
    #: Whether a sign of equality stands between the two.
    equal: bool = False


class Resolver:
    """Answers for one statement. `tables` are the declared ones."""

    def __init__(self, tokens: Iterable[Token], tables: Mapping[str, Table]) -> None:
        self._words = code(tokens)
        self._index = {token.position: index for index, token in enumerate(self._words)}
        self._upper = [token.text.upper() for token in self._words]
        self._opened = _enclosing(self._words)
        self.tables = tables
        self.aliases = self._find_aliases()
        self.target = self._find_target()

    @property
    def writes(self) -> bool:
        """Whether the statement changes rows."""
        starts = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")
        return any(
            word in starts and self._before(index) in ("", "(", "AS", ")") and self._after(index) != "("
            for index, word in enumerate(self._upper)
        )

    @property
    def changes_rows(self) -> bool:
        """Whether the statement is an UPDATE or a DELETE, whose conditions choose what is changed."""
        return next((word for word in self._upper if word in ("SELECT", "INSERT", "UPDATE", "DELETE")), "") in (
            "UPDATE",
            "DELETE",
        )

    def has(self, *words: str) -> bool:
        """Whether one of the words stands in the statement."""
        return not set(words).isdisjoint(self._upper)

    def table_of(self, alias: str) -> Table | None:
        """The declared table behind an alias; for no alias, the only table there is."""
        return self.tables.get(self.table_name(alias))

    def table_name(self, alias: str) -> str:
        """The name of the table behind an alias, declared or not; empty where it is not clear."""
        if alias:
            return self.aliases.get(alias, "")
        names = set(self.aliases.values())
        return next(iter(names)) if len(names) == 1 else ""

    def alias_in(self, sample: Iterable[Token]) -> str:
        """The alias that qualifies the first column of a sample, or nothing."""
        words = code(sample)
        for word, following in pairwise(words):
            if is_name(word) and following.text == "." and name_of(word) in self.aliases:
                return name_of(word)
        return ""

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
        """The place of an operand that stretches over some words."""
        before = self._before(first)
        if self._is_assigned(first):
            return Place(self._assigned(first), True)
        if before in COMPARISONS or before == "LIKE":
            return Place(self._column_before(first - 1), False, before in _NULL_TESTS)
        if before == "BETWEEN":
            return Place(self._column_before(first - 1), False)
        if before == "AND" and first >= 4 and self._upper[first - 3] == "BETWEEN":
            return Place(self._column_before(first - 3), False)
        if before in _COUNTS:
            return Place(_COUNTS[before], False)
        if before in ("WHEN", "THEN", "ELSE"):
            return self._in_case(first, before)
        if self._after(last) in COMPARISONS:
            return Place(self._column_after(last + 2), False, self._after(last) in _NULL_TESTS)
        return self._in_parentheses(first, last) if before in ("(", ",") else Place(None, False)

    def _in_case(self, first: int, before: str) -> Place:
        """The place of a value after WHEN, THEN or ELSE: of what CASE looks at, or of what its result goes to."""
        depth = 0
        for at in range(first - 1, -1, -1):
            depth += {"END": 1, "CASE": -1}.get(self._upper[at], 0)
            if depth < 0:
                if before == "WHEN":
                    return Place(self._column_after(at + 1), False)
                return self._place(at, at) if self._before(at) in COMPARISONS else Place(None, False)
        return Place(None, False)

    def _in_parentheses(self, first: int, last: int) -> Place:
        opened = self._opened[first]
        if opened is None:
            return Place(None, False)
        before = self._before(opened)
        if before == "IN":
            return Place(self._column_before(opened - 1), False)
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
            table = self.table_of(name_of(self._words[index - 4]))
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
        """The column that ends before an operator, alone or as the argument of a function."""
        end = operator - 1
        if end >= 0 and self._upper[end] == "NOT":
            end -= 1
        if end < 0:
            return None
        if self._upper[end] == ")":
            opened = self._opened[end]
            if opened is None:
                return None
            function = self._before(opened)
            if function in _SAME_TYPE:
                return self._column_after(opened + 1)
            named = opened > 0 and is_name(self._words[opened - 1]) and function not in _NO_FUNCTION
            return None if named else self._column_before(end)
        return self._column_at(end)

    def _column_after(self, start: int) -> Column | None:
        if start >= len(self._words) or not is_name(self._words[start]):
            return None
        if self._after(start) == ".":
            return self._column_at(start + 2)
        if self._after(start) == "(":
            return self._column_after(start + 2) if self._upper[start] in _SAME_TYPE else None
        return self._column_at(start)

    def _column_at(self, index: int) -> Column | None:
        if index >= len(self._words) or not is_name(self._words[index]):
            return None
        column = name_of(self._words[index])
        if self._before(index) == "." and index > 1:
            table = self.table_of(name_of(self._words[index - 2]))
            return table.columns.get(column) if table else None
        owners = [
            table
            for table in (self.tables.get(name) for name in set(self.aliases.values()))
            if table is not None and column in table.columns
        ]
        return owners[0].columns[column] if len(owners) == 1 else None

    def _find_aliases(self) -> dict[str, str]:
        """Alias -> table, for every table the statement names; a table is its own alias too."""
        aliases: dict[str, str] = {}
        for index in range(len(self._words)):
            if self._names_table(index):
                self._read_table(index + 1, aliases)
        return aliases

    def _names_table(self, index: int) -> bool:
        """Whether a table's name follows this word."""
        word, before = self._upper[index], self._before(index)
        if word in ("JOIN", "INTO", "USING"):
            return True
        if word == "UPDATE":
            return before not in ("FOR", "KEY", "DO") and self._after(index) != "SET"
        if word != "FROM" or before == "DISTINCT":
            return False
        # EXTRACT(year FROM x) and TRIM('0' FROM x) name no table.
        level = self._opened[index]
        inside = range(0 if level is None else level, index)
        return any(self._opened[at] == level and self._upper[at] in ("SELECT", "DELETE") for at in inside)

    def _read_table(self, index: int, aliases: dict[str, str]) -> None:
        while index < len(self._words) and is_name(self._words[index]):
            if self._after(index) == ".":
                index += 2
            if index >= len(self._words) or self._upper[index] in ("LATERAL", "SELECT"):
                return
            table = name_of(self._words[index])
            aliases.setdefault(table, table)
            index += 1
            if index < len(self._words) and self._upper[index] == "AS":
                index += 1
            if index < len(self._words) and is_name(self._words[index]):
                if self._upper[index].lower() in _NO_ALIAS:
                    return
                aliases[name_of(self._words[index])] = table
                index += 1
            if index >= len(self._words) or self._upper[index] != ",":
                return
            index += 1

    def _find_target(self) -> str | None:
        """The table that an INSERT, UPDATE or DELETE writes."""
        for index, word in enumerate(self._upper):
            following = self._words[index + 1] if index + 1 < len(self._words) else None
            if following is None or not is_name(following):
                continue
            if word in ("INTO", "UPDATE") and self._names_table(index):
                return name_of(following)
            if word == "FROM" and self._before(index) == "DELETE":
                return name_of(following)
        return None


def _enclosing(words: list[Token]) -> list[int | None]:
    """For each word the index of the parenthesis around it; for a parenthesis that closes, of the one it closes."""
    around: list[int | None] = []
    stack: list[int] = []
    for index, word in enumerate(words):
        if word.text == ")":
            around.append(stack.pop() if stack else None)
            continue
        around.append(stack[-1] if stack else None)
        if word.text == "(":
            stack.append(index)
    return around
