"""Every result that these tests get of rawdb.api is held to the signature of its operation, key by key."""

from __future__ import annotations

import inspect

import pytest

from rawdb import api
from tests.support.shapes import checked

#: With `no_date_fields` four keys are left out that a type cannot leave out.
_BEYOND_TYPES = ("compute_node_get_all",)
_OPERATIONS = {
    name: checked(operation)
    for name, operation in ((name, getattr(api, name)) for name in api.__all__)
    if inspect.isfunction(operation) and name not in _BEYOND_TYPES
}


@pytest.fixture(autouse=True)
def typed_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operations of rawdb.api, each with a look at what it returns."""
    for name, operation in _OPERATIONS.items():
        monkeypatch.setattr(api, name, operation)
