"""Constraints: how callers build them, and what they become for a table."""

from __future__ import annotations

from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext
from rawdb.operations.constraints import predicates
from rawdb.statements.criteria import AnyOf, Predicate


def test_constraints_become_predicates(context: RequestContext) -> None:
    wanted = api.constraint(host=api.equal_any("a", None), node=api.not_equal("b", None))
    for _ in range(2):
        assert predicates("instances", wanted) == [
            AnyOf([Predicate("host", "=", "a"), Predicate("host", "=", None)]),
            Predicate("node", "<>", "b"),
            Predicate("node", "<>", None),
        ]
    assert predicates("instances", api.constraint()) == predicates("instances", None) == []


@pytest.mark.parametrize("name", ["zork", "name", "metadata", "host = 'x' OR 1 = 1 --"])
def test_a_name_that_is_no_column_fails_when_applied(context: RequestContext, name: str) -> None:
    wanted = api.constraint(**{name: api.equal_any("x")})
    with pytest.raises(AttributeError):
        predicates("instances", wanted)


@pytest.mark.parametrize("value", ["x", None, 5, ["x"], ("x",)])
def test_a_value_that_is_no_condition_fails_at_once(value: Any) -> None:
    with pytest.raises(TypeError):
        api.constraint(host=value)
