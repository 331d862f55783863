"""Which names of tables, indexes and columns a statement creates, drops or renames, as far as its text tells.

This is a second source only: what rawdb applies it takes notes of (see rawdb.migrate.runner). It serves for what a
`yoyo` started by hand may have left half done, so whatever is not surely understood counts as invisible.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rawdb.schema.migrations import Migration, squeezed

#: Kind (table, index, column) and name. A column is called `table.column`; so is an index on MySQL, `table.index`.
Object = tuple[str, str]

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\w+|[^\s\w]""")
_QUOTES = '"`['
_NO_NAMES = {
    "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "WITH", "COPY", "COMMENT", "ANALYZE", "GRANT", "REVOKE",
    "PRAGMA", "VACUUM", "REINDEX", "OPTIMIZE", "LOCK", "UNLOCK",
}  # fmt: skip
_OTHER_KINDS = {
    "VIEW", "FUNCTION", "PROCEDURE", "TRIGGER", "TYPE", "SEQUENCE", "DOMAIN", "EVENT", "ROLE", "USER", "POLICY",
    "STATISTICS", "DATABASE",
}  # fmt: skip
_PLAIN_CHANGES = {
    "ALTER", "MODIFY", "SET", "RESET", "ENGINE", "COMMENT", "AUTO_INCREMENT", "ROW_FORMAT", "DEFAULT", "OWNER",
    "ENABLE", "DISABLE", "VALIDATE", "CONVERT", "ALGORITHM", "REPLICA", "CHARACTER", "COLLATE", "CLUSTER",
}  # fmt: skip
_NO_SETTING_OF = re.compile(r"\b(search_path|role|schema|sql_mode|session|authorization)\b", re.IGNORECASE)


class _NotUnderstoodError(Exception):
    pass


@dataclass(frozen=True)
class Effect:
    """`create` or `drop` of an object; `table` is the one it belongs to, `certain` False with IF [NOT] EXISTS.

    `rename` gives the object another name, `to`.
    """

    action: str
    object: Object
    table: str
    certain: bool = True
    to: str = ""


class _Words:
    """The words of a statement, read from left to right."""

    def __init__(self, dialect: str, tokens: list[str]) -> None:
        self.dialect = dialect
        self._tokens = tokens
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at].upper() if self._at < len(self._tokens) else ""

    def take(self, *words: str) -> bool:
        """Go past these words, if they come next."""
        if [token.upper() for token in self._tokens[self._at : self._at + len(words)]] != list(words):
            return False
        self._at += len(words)
        return True

    def name(self) -> str:
        """The next word as a name. A name of another schema is not understood."""
        if self._at >= len(self._tokens):
            raise _NotUnderstoodError
        token = self._tokens[self._at]
        self._at += 1
        if self.peek() == "." or not (token[0] in _QUOTES or token.isidentifier()):
            raise _NotUnderstoodError
        return _folded(self.dialect, token)

    def parts(self) -> list[_Words]:
        """What is left, cut at its outer commas."""
        parts: list[list[str]] = [[]]
        depth = 0
        for word in self._tokens[self._at :]:
            depth += (word == "(") - (word == ")")
            if word == "," and not depth:
                parts.append([])
            else:
                parts[-1].append(word)
        return [_Words(self.dialect, part) for part in parts]

    def names(self) -> list[str]:
        """Names between commas."""
        return [part.name() for part in self.parts()]


def _folded(dialect: str, word: str) -> str:
    name = word
    if word[0] in _QUOTES:
        name = word[1:-1].replace(word[-1] * 2, word[-1])
        return name if dialect == "postgresql" else name.lower()
    return name.lower()


def folded_names(dialect: str, names: set[Object]) -> set[Object]:
    """Names as the catalog gives them, in the spelling that effects have."""
    return names if dialect == "postgresql" else {(kind, name.lower()) for kind, name in names}


@lru_cache(maxsize=4096)
def effects(dialect: str, statement: str) -> tuple[Effect, ...] | None:
    """What the statement does to names; None when that cannot be told."""
    text = squeezed(statement)
    words = _Words(dialect, _TOKEN.findall(text))
    first = words.peek()
    if first in _NO_NAMES:
        return ()
    if first == "SET":
        return None if _NO_SETTING_OF.search(text) else ()
    try:
        if words.take("CREATE"):
            return _create(words)
        if words.take("DROP"):
            return _drop(words)
        if words.take("RENAME", "TABLE"):
            return tuple(_renamed("table", part.name(), part) for part in words.parts())
        return _alter(words) if words.take("ALTER") else None
    except _NotUnderstoodError:
        return None


def _create(words: _Words) -> tuple[Effect, ...]:
    words.take("OR", "REPLACE")
    if words.take("TABLE"):
        certain = not words.take("IF", "NOT", "EXISTS")
        name = words.name()
        return (Effect("create", ("table", name), name, certain),)
    if words.peek() in _OTHER_KINDS:
        return ()
    words.take("UNIQUE")
    if not words.take("INDEX"):
        raise _NotUnderstoodError
    words.take("CONCURRENTLY")
    certain = not words.take("IF", "NOT", "EXISTS")
    name = words.name()
    if not words.take("ON"):
        raise _NotUnderstoodError
    words.take("ONLY")
    table = words.name()
    return (Effect("create", _index(words.dialect, table, name), table, certain),)


def _index(dialect: str, table: str, name: str) -> Object:
    return "index", f"{table}.{name}" if dialect == "mysql" else name


def _drop(words: _Words) -> tuple[Effect, ...]:
    if words.peek() in _OTHER_KINDS:
        return ()
    if words.take("TABLE"):
        certain = not words.take("IF", "EXISTS")
        return tuple(Effect("drop", ("table", name), name, certain) for name in words.names())
    if not words.take("INDEX"):
        raise _NotUnderstoodError
    words.take("CONCURRENTLY")
    certain = not words.take("IF", "EXISTS")
    if words.dialect != "mysql":
        return tuple(Effect("drop", ("index", name), "", certain) for name in words.names())
    name = words.name()
    if not words.take("ON"):
        raise _NotUnderstoodError
    table = words.name()
    return (Effect("drop", _index("mysql", table, name), table, certain),)


def _renamed(kind: str, name: str, words: _Words) -> Effect:
    if not words.take("TO"):
        raise _NotUnderstoodError
    return Effect("rename", (kind, name), name, to=words.name())


def _alter(words: _Words) -> tuple[Effect, ...]:
    if words.peek() in _OTHER_KINDS:
        return ()
    if words.take("INDEX"):
        name = words.name()
        return (_renamed("index", name, words),) if words.take("RENAME") else ()
    if not words.take("TABLE"):
        raise _NotUnderstoodError
    words.take("IF", "EXISTS")
    words.take("ONLY")
    table = words.name()
    return tuple(effect for part in words.parts() for effect in _change(table, part))


def _change(table: str, words: _Words) -> tuple[Effect, ...]:
    if words.take("ADD"):
        return _add(table, words)
    if words.take("DROP"):
        words.take("COLUMN")
        certain = not words.take("IF", "EXISTS")
        if words.peek() in ("CONSTRAINT", "INDEX", "KEY", "PRIMARY", "FOREIGN", "CHECK"):
            raise _NotUnderstoodError
        return (Effect("drop", ("column", f"{table}.{words.name()}"), table, certain),)
    if words.take("RENAME"):
        return _rename(table, words)
    if words.take("CHANGE"):
        words.take("COLUMN")
        old, new = words.name(), words.name()
        return () if old == new else (Effect("rename", ("column", f"{table}.{old}"), table, to=f"{table}.{new}"),)
    if words.peek() in _PLAIN_CHANGES:
        return ()
    raise _NotUnderstoodError


def _add(table: str, words: _Words) -> tuple[Effect, ...]:
    if words.take("CONSTRAINT"):
        words.name()
    if words.peek() in ("FOREIGN", "CHECK"):
        return ()
    if not words.take("COLUMN") and words.peek() in (
        "PRIMARY", "UNIQUE", "INDEX", "KEY", "FULLTEXT", "SPATIAL", "EXCLUDE", "PARTITION", "(",
    ):  # fmt: skip
        raise _NotUnderstoodError
    certain = not words.take("IF", "NOT", "EXISTS")
    return (Effect("create", ("column", f"{table}.{words.name()}"), table, certain),)


def _rename(table: str, words: _Words) -> tuple[Effect, ...]:
    if words.peek() in ("INDEX", "KEY", "CONSTRAINT"):
        raise _NotUnderstoodError
    if words.take("TO") or words.take("AS"):
        return (Effect("rename", ("table", table), table, to=words.name()),)
    words.take("COLUMN")
    old = words.name()
    if not words.take("TO"):
        raise _NotUnderstoodError
    return (Effect("rename", ("column", f"{table}.{old}"), table, to=f"{table}.{words.name()}"),)


def all_effects(dialect: str, migration: Migration) -> list[tuple[Effect, ...]] | None:
    """The effects of each step of a migration; None when one of them cannot be told, or is Python code."""
    result = []
    for step in migration.steps:
        if step.act is not None:
            return None
        found = effects(dialect, step.apply) if step.apply is not None else ()
        if found is None:
            return None
        result.append(found)
    return result


def replay(objects: dict[Object, str], done: Effect) -> None:
    """Carry out an effect on a set of objects, each with the table that it belongs to."""
    if done.action == "create":
        objects[done.object] = done.table
    elif done.action == "drop":
        objects.pop(done.object, None)
        if done.object[0] == "table":
            for each in [each for each, table in objects.items() if table == done.table]:
                del objects[each]
    else:
        _move(objects, done)


def _move(objects: dict[Object, str], done: Effect) -> None:
    kind, name = done.object
    table = objects.pop(done.object, None)
    if kind != "table":
        if table is not None:
            objects[kind, done.to] = table
        return
    for each in [each for each, owner in objects.items() if owner == name]:
        del objects[each]
        prefix, dot, rest = each[1].partition(".")
        objects[each[0], f"{done.to}.{rest}" if dot and prefix == name else each[1]] = done.to
    objects["table", done.to] = done.to
