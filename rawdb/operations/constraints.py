"""Conditions for a delete, as callers build them, and as the WHERE clause of the deleting statement takes them."""

from __future__ import annotations

from typing import Any

from rawdb.constraints import Condition, Constraint, EqualAny, NotEqual
from rawdb.default import default_database
from rawdb.statements.criteria import AnyOf, Predicate, equal


def constraint(**conditions: Condition) -> Constraint:
    """Return a condition for the `constraint` argument of a delete: all of `conditions`, one a column, must hold.

    It may be used any number of times; without conditions it always holds. A name that is no column raises
    AttributeError where the constraint is applied, a value that is no condition TypeError here.
    Round trips: 0. Source: Nova Juno and Grizzly.
    """
    return Constraint(conditions)


def equal_any(*values: Any) -> EqualAny:
    """Return the condition that a column equals one of `values`, where None stands for NULL.

    Without values it always holds. Round trips: 0. Source: Nova Juno; Grizzly's never held.
    """
    return EqualAny(values)


def not_equal(*values: Any) -> NotEqual:
    """Return the condition that a column differs from each of `values`, where None stands for NULL.

    A NULL column differs from no value. Without values the condition always holds.
    Round trips: 0. Source: Nova Juno and Grizzly.
    """
    return NotEqual(values)


def predicates(table: str, applied: Constraint | None) -> list[Predicate | AnyOf]:
    """A constraint as predicates for the slot `filters` of a statement on `table`.

    Raises AttributeError for a condition on a name that is no column of the table.
    """
    columns = default_database().tables[table].columns
    found: list[Predicate | AnyOf] = []
    for column, condition in (applied.conditions if applied is not None else {}).items():
        if column not in columns:
            raise AttributeError(f"{table} has no column {column!r}")
        if isinstance(condition, EqualAny):
            found.append(AnyOf([equal(column, value) for value in condition.values]))
        else:
            found.extend(Predicate(column, "<>", value) for value in condition.values)
    return found
