"""The faces: their names and signatures are those of the documents, and what is the same is the same function.

data/<face>.csv lists the documented operations of a face with their signatures there.
"""

from __future__ import annotations

import csv
import importlib
import inspect
from pathlib import Path
from types import ModuleType

import pytest

from rawdb import api, exceptions
from tests.support.signatures import expected_shape, shape

#: Documented names of a face that are no operations.
ERRORS = {"nova_grizzly": ["NoMoreNetworks", "NoMoreTargets"], "manila": []}
COUNTS = {"nova_grizzly": 254, "manila": 99}


@pytest.fixture(params=sorted(COUNTS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def face(name: str) -> ModuleType:
    return importlib.import_module(f"rawdb.compat.{name}")


@pytest.fixture
def documented(name: str) -> dict[str, str]:
    """Signatures by operation."""
    with (Path(__file__).parent / "data" / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        rows = [(line["operation"], line["signature"]) for line in csv.DictReader(lines)]
    assert len(rows) == len(dict(rows)) == COUNTS[name]
    return dict(rows)


def test_names(name: str, face: ModuleType, documented: dict[str, str]) -> None:
    assert face.__all__ == [*ERRORS[name], *sorted(documented)]
    public = {attribute for attribute in vars(face) if attribute.isidentifier() and attribute[0] != "_"} - {
        "annotations"
    }
    assert public == set(face.__all__)


def test_signatures(face: ModuleType, documented: dict[str, str]) -> None:
    differing = {
        operation: str(inspect.signature(getattr(face, operation)))
        for operation, signature in documented.items()
        if shape(getattr(face, operation)) != expected_shape(signature)
    }
    assert differing == {}


def test_what_is_the_same_is_the_operation_itself(face: ModuleType, documented: dict[str, str]) -> None:
    others = {name: getattr(face, name) for name in documented if getattr(face, name) is not getattr(api, name)}
    assert others.keys() <= set(api.__all__)
    for name, function in others.items():
        assert function.__name__ == name
        assert (inspect.getdoc(function) or "").partition("\n")[0].endswith(".")


def test_what_has_another_signature_is_not_the_operation_itself(face: ModuleType, documented: dict[str, str]) -> None:
    same = [name for name in documented if getattr(face, name) is getattr(api, name)]
    assert len(same) > 90
    assert [name for name in same if shape(getattr(api, name)) != expected_shape(documented[name])] == []


@pytest.mark.parametrize("error", ERRORS["nova_grizzly"])
def test_errors_of_grizzly(error: str) -> None:
    face = importlib.import_module("rawdb.compat.nova_grizzly")
    kind = getattr(face, error)
    assert kind is getattr(exceptions, error)
    assert str(inspect.signature(kind)).replace("'", "") == "(message: object = None, **kwargs: Any) -> None"
    assert kind("text", host="h").args[0] == "text"
    assert kind(host="h").kwargs["host"] == "h"
