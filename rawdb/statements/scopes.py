"""Which tables a name can mean at a place of a statement: each SELECT has its own, and sees those around it."""

from __future__ import annotations

from collections.abc import Sequence

from rawdb.statements.tokens import Token, is_name, name_of

#: Words that can follow a table's name without being its alias.
_NO_ALIAS = frozenset({
    "as", "cross", "default", "do", "except", "fetch", "for", "force", "from", "full", "group", "having", "ignore",
    "indexed", "inner", "intersect", "join", "left", "limit", "natural", "not", "offset", "on", "order", "outer",
    "partition", "returning", "right", "select", "set", "straight_join", "tablesample", "union", "use", "using",
    "value", "values", "where", "window", "with",
})  # fmt: skip
_QUERIES = ("SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "TABLE")
#: What of a SELECT can speak of the names it gives to its results.
_RESULTS = ("HAVING", "ORDER", "GROUP")
#: The table behind a name that is no table: a subquery, a function, a WITH.
DERIVED = ""


class Scope:
    """One SELECT, or one statement: the tables it names, by alias, and the names it gives to its results."""

    def __init__(self, outer: Scope | None) -> None:
        self.outer = outer
        self.tables: dict[str, str] = {}
        self.labels: set[str] = set()
        #: Where its HAVING, GROUP or ORDER BY begins.
        self.results_from: int | None = None

    def table(self, alias: str) -> str | None:
        """The table behind an alias, as seen from here: DERIVED for what is none, None for an unknown alias."""
        scope: Scope | None = self
        while scope is not None:
            if alias in scope.tables:
                return scope.tables[alias]
            scope = scope.outer
        return None

    def hides(self, column: str, index: int) -> bool:
        """Whether a name without alias at a place may be that of a result instead of a column."""
        return column in self.labels and self.results_from is not None and index > self.results_from


class Scopes:
    """The scopes of one statement."""

    def __init__(self, words: Sequence[Token], upper: Sequence[str], opened: Sequence[int | None]) -> None:
        self._words = words
        self._upper = upper
        self._opened = opened
        self._derived = {name for index in range(len(words)) if (name := self._common_table(index))}
        self._of: list[Scope] = []
        self._inserting: Scope | None = None
        self._open(Scope(None))
        for index in range(len(words)):
            if self._names_table(index):
                self._read_tables(index + 1, self._of[index], into=self._upper[index] == "INTO")
        self.target = self._find_target()

    def at(self, index: int) -> Scope:
        """The scope of the word at a place."""
        return self._of[index]

    @property
    def table_names(self) -> set[str]:
        """The names of all tables."""
        return {name for scope in set(self._of) for name in scope.tables.values() if name != DERIVED}

    def _open(self, top: Scope) -> None:
        """Give each word its scope: a query in parentheses opens one, and each SELECT behind another."""
        current: dict[int | None, Scope] = {None: top}
        begun: set[int] = set()
        for index, word in enumerate(self._upper):
            level = self._opened[index]
            if word == ")":
                level = None if level is None else self._opened[level]
            scope = current.get(level) or self._inner(level, current)
            if word == "SELECT" and id(scope) in begun:
                scope = current[level] = Scope(scope.outer)
            elif word == "ON" and self._after(index) in ("CONFLICT", "DUPLICATE"):
                scope = current[level] = self._conflict(scope, index)
            if word in ("SELECT", "INTO"):
                begun.add(id(scope))
            if word == "INTO":
                self._inserting = scope
            self._note(scope, index, level)
            self._of.append(scope)

    def _inner(self, level: int | None, current: dict[int | None, Scope]) -> Scope:
        """The scope inside of a parenthesis that was not met before."""
        around = None if level is None else self._opened[level]
        outside = current.get(around) or self._inner(around, current)
        query = level is not None and self._after(level) in _QUERIES
        # The rest keeps the scope it began in, also where another SELECT follows behind.
        scope = current[level] = Scope(outside) if query else outside
        return scope

    def _conflict(self, scope: Scope, index: int) -> Scope:
        """The scope behind ON CONFLICT or ON DUPLICATE KEY: of the target, and for MySQL of what is selected."""
        behind = Scope(self._inserting or scope.outer)
        target = self._find_target()
        if target is not None:
            behind.tables["excluded"] = target
        if self._after(index) == "DUPLICATE" and "SELECT" in self._upper[:index]:
            behind.tables["\0"] = DERIVED
        return behind

    def _note(self, scope: Scope, index: int, level: int | None) -> None:
        word = self._upper[index]
        if word in _RESULTS and scope.results_from is None and self._before(index) != "(":
            scope.results_from = index
        elif word == "AS" and index + 1 < len(self._words) and is_name(self._words[index + 1]):
            scope.labels.add(name_of(self._words[index + 1]))

    def _common_table(self, index: int) -> str:
        """The name that a WITH gives to the query behind `AS (` here, or nothing."""
        if self._upper[index] != "AS" or "WITH" not in self._upper[:index]:
            return ""
        after = index + 1
        while after < len(self._upper) and self._upper[after] in ("NOT", "MATERIALIZED"):
            after += 1
        if after + 1 >= len(self._upper) or self._upper[after] != "(" or self._upper[after + 1] not in _QUERIES:
            return ""
        before = index - 1
        if self._upper[before] == ")":
            opened = self._opened[before]
            before = -1 if opened is None else opened - 1
        return name_of(self._words[before]) if before >= 0 and is_name(self._words[before]) else ""

    def _before(self, index: int) -> str:
        return self._upper[index - 1] if index > 0 else ""

    def _after(self, index: int) -> str:
        return self._upper[index + 1] if index + 1 < len(self._upper) else ""

    def _names_table(self, index: int) -> bool:
        """Whether a table's name follows this word."""
        word, before = self._upper[index], self._before(index)
        if word in ("JOIN", "INTO", "STRAIGHT_JOIN"):
            return True
        if word == "USING":
            return self._after(index) != "("
        if word == "UPDATE":
            return before not in ("FOR", "KEY", "DO", "ON") and self._after(index) != "SET"
        if word != "FROM" or before == "DISTINCT":
            return False
        # EXTRACT(year FROM x) and TRIM('0' FROM x) name no table.
        level = self._opened[index]
        inside = range(0 if level is None else level, index)
        return any(self._opened[at] == level and self._upper[at] in ("SELECT", "DELETE") for at in inside)

    def _read_tables(self, index: int, scope: Scope, *, into: bool = False) -> None:
        """The tables of a list, each with its alias. Behind a table to insert `into` its columns may stand."""
        while index < len(self._words):
            index = self._name(index)
            if index >= len(self._words):
                return
            table, index = self._read_table(index, scope, into=into)
            if table is None:
                return
            index = self._read_alias(index, table, scope)
            if index >= len(self._words) or self._upper[index] != ",":
                return
            index += 1

    def _name(self, index: int) -> int:
        """Where the name of a table stands whose place begins here: behind ONLY, or SQLite's OR FAIL and the like."""
        while self._upper[index : index + 1] in (["LATERAL"], ["ONLY"], ["OR"]):
            index += 2 if self._upper[index] == "OR" else 1
        return index

    def _read_table(self, index: int, scope: Scope, *, into: bool) -> tuple[str | None, int]:
        """The name of the table here and where it ends; DERIVED for a query or a function, None for no table."""
        if self._upper[index] == "(":
            if self._after(index) in _QUERIES:
                return DERIVED, self._behind(index)
            self._read_tables(index + 1, scope)
            return None, index
        if not is_name(self._words[index]):
            return None, index
        while self._after(index) == "." and index + 2 < len(self._words):
            index += 2
        name = name_of(self._words[index])
        index += 1
        if index < len(self._words) and self._upper[index] == "(" and not into:
            return DERIVED, self._behind(index)
        return (DERIVED if name in self._derived else name), index

    def _read_alias(self, index: int, table: str, scope: Scope) -> int:
        """Note a table under its alias, or its own name; gives where the alias ends."""
        word = name_of(self._words[index - 1])
        own = word if is_name(self._words[index - 1]) else f"\0{index}"
        if index < len(self._words) and self._upper[index] == "AS":
            index += 1
        if index < len(self._words) and self._is_alias(index):
            own = name_of(self._words[index])
            index += 1
            if table == DERIVED and index < len(self._words) and self._upper[index] == "(":
                index = self._behind(index)
        scope.tables.setdefault(own, table)
        if scope.tables[own] != table:
            scope.tables[own] = DERIVED
        return index

    def _is_alias(self, index: int) -> bool:
        word = self._words[index]
        return word.kind == "quoted" or (word.kind == "word" and word.text.lower() not in _NO_ALIAS)

    def _behind(self, opened: int) -> int:
        """Where the words go on behind a parenthesis."""
        for index in range(opened + 1, len(self._words)):
            if self._upper[index] == ")" and self._opened[index] == opened:
                return index + 1
        return len(self._words)

    def _find_target(self) -> str | None:
        """The table that an INSERT, UPDATE or DELETE writes."""
        for index, word in enumerate(self._upper):
            at = self._name(index + 1)
            while self._upper[at + 1 : at + 2] == ["."]:
                at += 2
            following = self._words[at] if at < len(self._words) else None
            if following is None or not is_name(following):
                continue
            if word in ("INTO", "UPDATE") and self._names_table(index):
                return name_of(following)
            if word == "FROM" and self._before(index) == "DELETE":
                return name_of(following)
        return None


def enclosing(words: Sequence[Token]) -> list[int | None]:
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
