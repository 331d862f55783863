"""When to run a function again, and how long to wait before."""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from rawdb.exceptions import DBConnectionError, DBDeadlock, DBError, DBOutcomeUnknown, DBPoolTimeout, RetryRequest

LOG = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class RetryPolicy:
    """Capped, jittered back-off: waits are random up to a ceiling that doubles from `first` to `cap` seconds.

    A run is repeated as long as less than `limit` seconds have passed since the first; 0 means never.
    """

    first: float = 0.01
    cap: float = 1.0
    limit: float = 60.0

    def pause(self, attempt: int) -> float:
        """Seconds to wait after the given attempt (from 1)."""
        # Rarely needed, and not quick to load.
        import random

        return random.uniform(0, min(self.cap, self.first * 2.0 ** min(attempt, 30)))  # noqa: S311


NO_RETRY = RetryPolicy(limit=0)


def refused_by_server(error: Exception) -> bool:
    """The server undid everything and may accept it next time: deadlock, serialization, certification, lock wait.

    After a deadlock MySQL knows no savepoint any more; the error about that carries the deadlock as its `cause`.
    """
    refusal = error if isinstance(error, DBDeadlock) else getattr(error, "cause", None)
    return isinstance(refusal, DBDeadlock) and not refusal.no_wait


def lost_before_effect(error: Exception) -> bool:
    """The connection was lost, and what it had done in its transaction with it."""
    return isinstance(error, DBConnectionError) and not isinstance(error, (DBOutcomeUnknown, DBPoolTimeout))


def outdated(error: Exception) -> bool:
    """A table was changed under a prepared statement (PostgreSQL), a snapshot (MySQL) or what rawdb knew of it.

    Or the session has forgotten a prepared statement (26000).
    """
    return isinstance(error, DBError) and (error.is_outdated or error.code in ("0A000", "26000", 1412))


def read_again(error: Exception, attempt: int) -> bool:
    """Whether work that changes nothing is worth another try."""
    return refused_by_server(error) or (attempt == 1 and (lost_before_effect(error) or outdated(error)))


def run_with_retry(
    function: Callable[[], T], policy: RetryPolicy, retriable: Callable[[Exception, int], bool], name: str
) -> T:
    """Call `function`, again from its start after each retriable error until the policy's time is over.

    The last error is raised as it is, with `attempt` set; for a RetryRequest, the error it carries.
    """
    started = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        try:
            return function()
        except Exception as error:
            if isinstance(error, DBError):
                error.attempt = attempt
            pause = policy.pause(attempt)
            if not retriable(error, attempt) or time.monotonic() + pause - started >= policy.limit:
                if isinstance(error, RetryRequest):
                    raise error.inner_exc from error
                raise
            LOG.debug("%s is run again after attempt %d: %s", name, attempt, error)
        time.sleep(pause)


def runs_later(function: Callable[..., Any]) -> bool:
    """Whether its body runs after it has returned: a coroutine's, or a generator's."""
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    return any(is_one(function) for is_one in kinds)


def name_of(function: Any) -> str:
    """What a function is called in messages; a functools.partial and the like have no name."""
    return getattr(function, "__qualname__", None) or repr(function)
