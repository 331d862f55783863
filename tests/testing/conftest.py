"""Fixtures for the tests of rawdb.testing."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def private_server(dialect: str) -> None:
    """For tests that start servers of their own: a run on given servers may have no programs to start."""
    if os.environ.get(f"RAWDB_TEST_{dialect.upper()}_URL"):
        pytest.skip("this run uses a given server")
