"""Retry for code that is not decorated by rawdb's own `writer`: the documented wrapper, markers and front.

The wrapper belongs around the outermost transaction, never inside one: the whole function is run again.
"""

from __future__ import annotations

import functools
import importlib
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from rawdb.engine.retry import name_of, runs_later
from rawdb.exceptions import DBConnectionError, DBDeadlock, DBOutcomeUnknown, RetryRequest

__all__ = ["DBAPI", "retry_on_deadlock", "retry_on_request", "safe_for_db_retry", "wrap_db_retry"]

LOG = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])

_ON_DISCONNECT, _ON_DEADLOCK, _ON_REQUEST = (
    "enable_retry_on_disconnect",
    "enable_retry_on_deadlock",
    "enable_retry_on_request",
)


_LONGEST = 1e9


def _never(error: Exception) -> bool:
    """Whether an error that is none of ours is worth another run: no."""
    return False


@dataclass(frozen=True)
class wrap_db_retry:  # noqa: N801
    """A decorator that runs a function again after some errors.

    A RetryRequest is always followed, DBDeadlock and DBConnectionError if asked for, any other error if
    `exception_checker` says so. A DBOutcomeUnknown never is: the work may have been done.

    `max_retries` counts repeats, -1 is for ever. When they are used up the last error comes out, of a RetryRequest the
    error inside. Pauses start at `retry_interval` seconds and double up to `max_retry_interval`, unless
    `inc_retry_interval` is off; with `jitter`, and after a deadlock always, the next pause is a random part of that.
    Raises ValueError for another `max_retries`.
    """

    retry_interval: float = 1
    max_retries: int = 20
    inc_retry_interval: bool = True
    max_retry_interval: float = 10
    retry_on_disconnect: bool = False
    retry_on_deadlock: bool = False
    exception_checker: Callable[[Exception], bool] = _never
    jitter: bool = False

    def __post_init__(self) -> None:
        if callable(self.retry_interval):
            raise TypeError("wrap_db_retry takes options first: write @wrap_db_retry() above the function")
        if type(self.max_retries) is not int or self.max_retries < -1:
            raise ValueError(f"max_retries is the number of repeats, or -1 for ever, not {self.max_retries!r}")

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function. Raises TypeError for a coroutine or generator, which runs after it has returned."""
        if runs_later(function):
            raise TypeError(f"{name_of(function)} would never run again: decorate a plain function that calls it")

        name = name_of(function)

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            return self._run(lambda: function(*args, **kwargs), name)

        return wrapper

    def _run(self, call: Callable[[], R], name: str) -> R:
        pause = ceiling = self.retry_interval
        left = self.max_retries
        while True:
            try:
                return call()
            except Exception as error:
                if not self._is_retried(error):
                    raise
                if left == 0:
                    LOG.exception("%s failed %d times, and is given up", name, self.max_retries + 1)
                    if isinstance(error, RetryRequest):
                        raise error.inner_exc from error
                    raise
                time.sleep(pause)
                pause, ceiling = self._next_pause(ceiling, jitter=self.jitter or isinstance(error, DBDeadlock))
                left -= 1

    def _is_retried(self, error: Exception) -> bool:
        if isinstance(error, DBOutcomeUnknown):
            return False
        return (
            isinstance(error, RetryRequest)
            or (self.retry_on_deadlock and isinstance(error, DBDeadlock))
            or (self.retry_on_disconnect and _is_plain_disconnect(error))
            or self.exception_checker(error)
        )

    def _next_pause(self, ceiling: float, *, jitter: bool) -> tuple[float, float]:
        if not self.inc_retry_interval:
            return self.retry_interval, ceiling
        # Beyond any use a float would overflow.
        ceiling = min(ceiling * 2, _LONGEST)
        pause = random.uniform(0, ceiling) if jitter else ceiling  # noqa: S311
        return min(pause, self.max_retry_interval), ceiling


def _is_plain_disconnect(error: Exception) -> bool:
    return isinstance(error, DBConnectionError) and not isinstance(error, DBOutcomeUnknown)


def _mark(function: F, mark: str) -> F:
    setattr(function, mark, True)
    return function


def safe_for_db_retry(function: F) -> F:
    """Mark a function that `DBAPI` may run again when the connection was lost."""
    return _mark(function, _ON_DISCONNECT)


def retry_on_deadlock(function: F) -> F:
    """Mark a function that `DBAPI` runs again after a DBDeadlock."""
    return _mark(function, _ON_DEADLOCK)


def retry_on_request(function: F) -> F:
    """Mark a function that `DBAPI` runs again after a RetryRequest."""
    return _mark(function, _ON_REQUEST)


class DBAPI:
    """The functions of a backend module, those that are marked being run again.

    `backend_name` is a key of `backend_mapping` or a module's name; the module is imported at once, or with `lazy` at
    the first use. Lost connections are followed by another run only with `use_db_reconnect`.
    """

    def __init__(
        self,
        backend_name: str = "rawdb.api",
        backend_mapping: Mapping[str, str] | None = None,
        *,
        lazy: bool = False,
        use_db_reconnect: bool = False,
        retry_interval: float = 1,
        inc_retry_interval: bool = True,
        max_retry_interval: float = 10,
        max_retries: int = 20,
    ) -> None:
        self._name = (backend_mapping or {}).get(backend_name, backend_name)
        self._use_db_reconnect = use_db_reconnect
        self._retry = {
            "retry_interval": retry_interval,
            "inc_retry_interval": inc_retry_interval,
            "max_retry_interval": max_retry_interval,
            "max_retries": max_retries,
        }
        self._lock = threading.Lock()
        self._backend: ModuleType | None = None
        if not lazy:
            self._load()

    def _load(self) -> ModuleType:
        with self._lock:
            if self._backend is None:
                self._backend = importlib.import_module(self._name)
            return self._backend

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._load(), name)
        on_disconnect = self._use_db_reconnect and hasattr(value, _ON_DISCONNECT)
        on_deadlock = hasattr(value, _ON_DEADLOCK)
        if on_disconnect or on_deadlock or hasattr(value, _ON_REQUEST):
            return wrap_db_retry(
                retry_on_disconnect=on_disconnect,
                retry_on_deadlock=on_deadlock,
                **self._retry,  # type: ignore[arg-type]
            )(value)
        return value
