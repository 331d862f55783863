"""Every result that these tests get of the other faces is held to the signature of its operation, key by key."""

from __future__ import annotations

import inspect

import pytest

from rawdb.compat import manila, nova_grizzly
from tests.support.shapes import checked

_OPERATIONS = [
    (face, name, checked(getattr(face, name)))
    for face in (nova_grizzly, manila)
    for name in face.__all__
    if inspect.isfunction(getattr(face, name))
]


@pytest.fixture(autouse=True)
def typed_results(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operations of the faces, each with a look at what it returns; test_faces asks which function is which."""
    if request.node.path.name != "test_faces.py":
        for face, name, operation in _OPERATIONS:
            monkeypatch.setattr(face, name, operation)
