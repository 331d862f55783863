"""Aggregates and compute nodes under contention, on every dialect: one winner, nothing mixed, nothing lost."""

from __future__ import annotations

import pytest

import rawdb
from tests.operations.inventory_workers import CONTESTS, All, Contest
from tests.operations.quota_workers import as_processes, as_threads, checked, configure

ROUNDS = 8


@pytest.fixture
def arena(db: str) -> str:
    """The database with a connection for every worker; SQLite need not wait for the disk at every COMMIT."""
    rawdb.dispose()
    configure(db)
    return db


@pytest.mark.slow
@pytest.mark.parametrize("contest", CONTESTS)
def test_threads(arena: str, contest: type[Contest]) -> None:
    job = contest(ROUNDS)
    job.prepare()
    job.check(checked(as_threads(arena, job)))


@pytest.mark.slow
def test_processes(arena: str) -> None:
    job = All(ROUNDS)
    job.prepare()
    job.check(checked(as_processes(arena, job)))
