"""What a schema is made of, in words that are the same for every database.

The declared schema, a live catalog and the migration files are all read into these classes, so that any two
of them can be compared. Types are logical (`string(255)`, `int`, `datetime`, ...); a type that has no logical
name keeps the server's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: Tables that yoyo keeps for itself. They are no part of any schema here.
YOYO_TABLES = frozenset({"_yoyo_log", "_yoyo_migration", "_yoyo_migrations", "_yoyo_version", "yoyo_lock"})

#: Collations by which two texts are equal only if all their characters are, blanks and case included.
EXACT = "exact"
_EXACT_COLLATIONS = {
    "postgresql": {"C", "POSIX", "ucs_basic"},
    "mysql": {"utf8mb4_0900_bin", "utf8mb4_nopad_bin"},
    "sqlite": {"BINARY"},
}


@dataclass(frozen=True)
class Column:
    """A column. `native` is the server's own spelling of the type, `collation` None for what is no text."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None
    autoincrement: bool = False
    collation: str | None = None
    native: str = field(default="", compare=False)


@dataclass(frozen=True)
class Index:
    """An index or a unique key: no difference is made between a unique constraint and a unique index.

    An expression stands among the columns as normalised text: `coalesce(user_id,'')`. So does the condition of an
    index over some of the rows, in `where`.
    """

    table: str
    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str | None = None


@dataclass(frozen=True)
class Constraint:
    """A CHECK constraint (`kind` "check") or a foreign key (`kind` "foreign key"), by name.

    A foreign key goes from `columns` to `target_columns` of the table `target`.
    """

    table: str
    name: str
    kind: str
    columns: tuple[str, ...] = ()
    target: str = ""
    target_columns: tuple[str, ...] = ()


@dataclass
class Table:
    """A table: columns in order, primary key, indexes by name, further constraints by name."""

    name: str
    columns: dict[str, Column] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    indexes: dict[str, Index] = field(default_factory=dict)
    constraints: dict[str, Constraint] = field(default_factory=dict)

    def unique_keys(self) -> set[tuple[str, ...]]:
        """The columns of each unique key, the primary key left out."""
        return {index.columns for index in self.indexes.values() if index.unique}

    def add(self, part: Column | Index | Constraint) -> None:
        """Put a part where it belongs."""
        if isinstance(part, Column):
            self.columns[part.name] = part
        elif isinstance(part, Index):
            self.indexes[part.name] = part
        else:
            self.constraints[part.name] = part

    def __repr__(self) -> str:
        return f"Table({self.name!r}, {len(self.columns)} columns)"


Schema = dict[str, Table]


def collation_name(dialect: str, name: str | None) -> str | None:
    """`EXACT` for any of the dialect's exact collations, else the server's name."""
    return EXACT if name in _EXACT_COLLATIONS[dialect] else name


def default_value(text: str | None, kind: str) -> str | None:
    """One spelling for a default, whichever server or file gave it: without quotes and casts, booleans as 0 and 1."""
    if text is None or text == "NULL":
        return None
    text = re.sub(r"::[a-z ]+(\(\d+\))?$", "", text)
    if kind == "bool":
        return {"false": "0", "true": "1"}.get(text.lower(), text)
    return text[1:-1] if text.startswith("'") and text.endswith("'") else text


def expression(text: str) -> str:
    """One spelling for the expression of an index, whichever server gave it.

    Quotes of identifiers, casts, character set introducers and blanks go; letters become small.
    """
    text = text.replace("\\'", "'").lower()
    text = re.sub(r"::[a-z ]+(\(\d+\))?|_utf8mb[34](?=')|[`\"\s]", "", text)
    while text.startswith("(") and text.endswith(")") and len(parts_of(text)[0]) == len(text) - 2:
        text = text[1:-1]
    return text


def parts_of(text: str) -> list[str]:
    """What stands between the first parenthesis and the one that closes it, cut at its outer commas."""
    parts, depth = [""], 0
    for letter in text[text.index("(") + 1 :]:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
