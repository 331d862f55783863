"""docs/operations.md is what the docstrings say, and they say all that it needs."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from rawdb import api

ROOT = Path(__file__).resolve().parents[1]
OPERATIONS = [name for name in api.__all__ if inspect.isfunction(getattr(api, name))]
#: These only build an object.
WITHOUT_SQL = {"constraint", "equal_any", "not_equal"}


def test_the_table_is_current() -> None:
    printed = subprocess.run(
        [sys.executable, "scripts/operations_table.py"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    written = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert printed == written, "run: python scripts/operations_table.py > docs/operations.md"


@pytest.mark.parametrize("name", OPERATIONS)
def test_docstrings_state_round_trips_and_source(name: str) -> None:
    doc = inspect.getdoc(getattr(api, name)) or ""
    assert "Source: " in doc
    assert name in WITHOUT_SQL or "Round trips: " in doc
