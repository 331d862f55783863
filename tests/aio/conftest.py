"""Fixtures of the tests of rawdb.aio: pools of threads of another size, and the default one again afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from rawdb import aio


@pytest.fixture
def threads() -> Iterator[Callable[..., None]]:
    """Sets the number of threads, and the time that tasks wait for one."""

    def configure(number: int, timeout: float = 60.0) -> None:
        aio.configure(threads=number, timeout=timeout)

    yield configure
    aio.configure()
