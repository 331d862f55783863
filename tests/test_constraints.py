"""The objects that say under which conditions a delete may happen."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from rawdb.constraints import Condition, Constraint, EqualAny, NotEqual


@pytest.mark.parametrize("condition_class", [EqualAny, NotEqual])
def test_conditions_hold_their_values_in_order(condition_class: Any) -> None:
    assert condition_class(("b", None, "a", "b")).values == ("b", None, "a", "b")
    assert condition_class(()).values == ()
    assert condition_class(["a", "b"]) == condition_class(("a", "b"))
    assert condition_class(value for value in "ab").values == ("a", "b")


@pytest.mark.parametrize("condition_class", [EqualAny, NotEqual])
def test_a_text_is_no_list_of_values(condition_class: Any) -> None:
    with pytest.raises(TypeError, match="'active'"):
        condition_class("active")


def test_the_two_conditions_differ() -> None:
    conditions: list[Condition] = [EqualAny(("a",)), NotEqual(("a",))]
    assert conditions[0] != conditions[1]
    assert EqualAny(("a",)) != EqualAny(("b",))


def test_a_constraint_holds_its_conditions() -> None:
    constraint = Constraint({"host": EqualAny(("h", None)), "task_state": NotEqual(("deleting",))})
    assert constraint.conditions == {"host": EqualAny(("h", None)), "task_state": NotEqual(("deleting",))}
    assert Constraint({}).conditions == {}


def test_a_constraint_keeps_a_copy() -> None:
    conditions: dict[str, Condition] = {"host": EqualAny(("h",))}
    constraint = Constraint(conditions)
    conditions.clear()
    assert constraint.conditions == {"host": EqualAny(("h",))}


@pytest.mark.parametrize("value", ["active", None, ("active",), EqualAny])
def test_a_value_that_is_no_condition(value: Any) -> None:
    with pytest.raises(TypeError, match="vm_state"):
        Constraint({"host": EqualAny(("h",)), "vm_state": value})


def test_column_names_are_not_checked_here() -> None:
    assert list(Constraint({"no such column": EqualAny(())}).conditions) == ["no such column"]


@pytest.mark.parametrize(
    ("thing", "field"),
    [(EqualAny(("a",)), "values"), (NotEqual(("a",)), "values"), (Constraint({}), "conditions")],
)
def test_nothing_can_be_assigned(thing: Any, field: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(thing, field, ())


def test_copies_and_pickles() -> None:
    constraint = Constraint({"host": EqualAny(("h", None)), "node": NotEqual(("n",))})
    assert copy.deepcopy(constraint) == constraint
    assert pickle.loads(pickle.dumps(constraint)) == constraint
