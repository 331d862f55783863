"""Whether a finished text finds the rows of a table by a unique key, whatever else it says of them.

Then each of its values, those of a list too, finds one row at most, and one plan serves for all of them: a server may
keep it. It is asked of texts whose plan may hang on their values otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rawdb.statements.columns import Table
from rawdb.statements.resolution import code
from rawdb.statements.scopes import Scope, Scopes, enclosing
from rawdb.statements.tokens import ANYTHING, Source, Token, is_name, name_of, scan

#: What ends a WHERE.
_ENDS = frozenset({
    ")", "EXCEPT", "FETCH", "FOR", "GROUP", "HAVING", "INTERSECT", "LIMIT", "OFFSET", "ORDER", "RETURNING", "UNION",
    "WINDOW",
})  # fmt: skip
#: With these, what stands between two AND is no condition that must hold.
_LOOSE = frozenset({"BETWEEN", "CASE", "OR", "XOR"})


def finds_by_keys(text: str, tables: Iterable[Table]) -> bool:
    """Whether every query in a text that reads one of the tables names a unique key of it by equal values.

    One of the key's columns may be equal to one of a list. The placeholders of the text have numbers.
    """
    words = code(scan(Source("", text), 0, len(text), ANYTHING))
    upper = [word.text.upper() for word in words]
    opened = enclosing(words)
    scopes = Scopes(words, upper, opened)
    conditions: dict[Scope, list[list[Token]]] = {}
    for index, word in enumerate(upper):
        # The one of FILTER (WHERE ...) chooses no rows.
        if word == "WHERE" and upper[index - 1] != "(":
            scope = scopes.at(index)
            conditions[scope] = [] if scope in conditions else list(_conditions(words, opened, index))
    everywhere = {scopes.at(index) for index in range(len(words))}
    return all(
        _names_key(table, alias, scope, conditions.get(scope, []))
        for table in tables
        for scope in everywhere
        for alias, name in scope.tables.items()
        if name == table.name
    )


def _conditions(words: Sequence[Token], opened: Sequence[int | None], where: int) -> Iterator[list[Token]]:
    """What must all hold behind a WHERE; nothing where that is not a row of conditions joined by AND."""
    level = opened[where]
    found: list[list[Token]] = [[]]
    for word, around in zip(words[where + 1 :], opened[where + 1 :], strict=True):
        plain = word.text.upper() if around == level else ""
        if plain in _LOOSE:
            return
        if plain in _ENDS:
            break
        if plain == "AND":
            found.append([])
        else:
            found[-1].append(word)
    yield from found


def _names_key(table: Table, alias: str, scope: Scope, conditions: Iterable[Sequence[Token]]) -> bool:
    """Whether the conditions hold for one row of the table behind an alias, or for one for each element of a list."""
    equal: set[str] = set()
    listed: set[str] = set()
    for condition in conditions:
        column, rest = _column(condition, alias, scope)
        if column is None or not rest:
            continue
        if rest[0] == "=" and _is_value(rest[1:]):
            equal.add(column)
        elif rest[:3] == ["=", "ANY", "("] or rest[:2] == ["IN", "("]:
            listed.add(column)
    return any(len(missing := key - equal) <= 1 and missing <= listed for key in table.row_keys)


def _column(condition: Sequence[Token], alias: str, scope: Scope) -> tuple[str | None, list[str]]:
    """The column of a table that a condition begins with, and the words behind it; None where it is another's."""
    if not condition or not is_name(condition[0]):
        return None, []
    if len(condition) > 2 and condition[1].text == ".":
        column, qualifier, behind = condition[2], name_of(condition[0]), 3
    else:
        column, qualifier, behind = condition[0], alias if len(scope.tables) == 1 else "", 1
    if qualifier != alias or not is_name(column):
        return None, []
    return name_of(column), [token.text.upper() for token in condition[behind:]]


def _is_value(words: Sequence[str]) -> bool:
    """Whether these are one value: a placeholder, with a cast perhaps, a number or a text."""
    if words[:2] == ["CAST", "("]:
        words = words[2 : words.index("AS")] if "AS" in words else []
    if len(words) == 2 and words[0] == "$":
        return words[1].isdigit()
    return len(words) == 1 and (words[0][0] == "'" or words[0][0].isdigit())
