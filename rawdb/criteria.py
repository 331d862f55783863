"""Conditions on the columns of a table: what fills a `filters` slot, and the `where` of rawdb.tables.

`equal`, `Predicate`, `AnyOf` and `Constant` are those of `rawdb` itself; `match` makes them of a specimen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rawdb.statements.criteria import AnyOf, Constant, Predicate, equal

__all__ = ["AnyOf", "Constant", "Predicate", "equal", "match"]


def match(
    specimen: Mapping[str, Any], *, include_only: Collection[str] | None = None, exclude: Collection[str] = ()
) -> list[Predicate]:
    """Conditions that hold for the rows that look like a specimen, a dict of columns and values.

    A column equals its value; of a list, tuple or set one of its members, and NULL where None is among them; None is
    NULL, and an empty list matches nothing. With `include_only` only these keys count, with `exclude` all but these.
    A key that is no column of the table is a DBError where the conditions are used. Raises TypeError for no dict,
    ValueError for an `include_only` that names what the specimen lacks.
    """
    if not isinstance(specimen, Mapping):
        raise TypeError(f"a specimen is a dict of columns and values, not {specimen!r}")
    for name, names in (("include_only", include_only), ("exclude", exclude)):
        if isinstance(names, (str, bytes)):
            raise TypeError(f"{name} is a list of columns, not the text {names!r}")
    if unknown := sorted(str(name) for name in include_only or () if name not in specimen):
        # Left out silently, a misspelt name would take its condition with it.
        raise ValueError(f"include_only names what the specimen lacks: {', '.join(unknown)}")
    wanted = [name for name in specimen if (include_only is None or name in include_only) and name not in exclude]
    return [_matching(name, specimen[name]) for name in wanted]


def _matching(column: str, value: Any) -> Predicate:
    if isinstance(value, (list, tuple, set, frozenset)) and len(value) == 1:
        return equal(column, next(iter(value)))
    return equal(column, value)
