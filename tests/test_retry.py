"""The documented retry wrapper, its markers and the front that follows them."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import DBConnectionError, DBDeadlock, DBError, DBOutcomeUnknown, RetryRequest
from rawdb.retry import DBAPI, retry_on_deadlock, retry_on_request, safe_for_db_retry, wrap_db_retry


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made; none takes time."""
    made: list[float] = []
    monkeypatch.setattr("rawdb.retry.time.sleep", made.append)
    monkeypatch.setattr("rawdb.retry.random.uniform", lambda low, high: high / 2)
    return made


def failing(error: Exception, times: int = 10**9) -> tuple[Callable[..., str], list[Any]]:
    """A function that fails so many times, and the calls it got."""
    calls: list[Any] = []

    def function(*args: Any, **kwargs: Any) -> str:
        """What it is for."""
        calls.append((args, kwargs))
        if len(calls) <= times:
            raise error
        return "done"

    return function, calls


def test_it_runs_again_with_the_same_arguments() -> None:
    function, calls = failing(RetryRequest(DBError("x")), times=2)
    wrapped = wrap_db_retry()(function)
    assert wrapped(1, key=2) == "done"
    assert calls == [((1,), {"key": 2})] * 3
    assert wrapped.__doc__ == "What it is for."


@pytest.mark.parametrize(
    ("error", "options", "retried"),
    [
        (DBDeadlock("x"), {}, False),
        (DBDeadlock("x"), {"retry_on_deadlock": True}, True),
        (DBDeadlock("x"), {"retry_on_disconnect": True}, False),
        (DBConnectionError("x"), {}, False),
        (DBConnectionError("x"), {"retry_on_disconnect": True}, True),
        (DBOutcomeUnknown("x"), {"retry_on_disconnect": True}, False),
        (DBError("x"), {"retry_on_disconnect": True, "retry_on_deadlock": True}, False),
        (KeyError("x"), {"exception_checker": lambda error: isinstance(error, KeyError)}, True),
    ],
)
def test_what_is_retried(error: Exception, options: dict[str, Any], retried: bool) -> None:
    function, calls = failing(error)
    with pytest.raises(type(error)):
        wrap_db_retry(max_retries=3, **options)(function)()
    assert len(calls) == (4 if retried else 1)


def test_the_error_inside_a_request_comes_out() -> None:
    function, calls = failing(RetryRequest(KeyError("inside")))
    with pytest.raises(KeyError, match="inside"):
        wrap_db_retry()(function)()
    assert len(calls) == 21


def test_for_ever() -> None:
    function, calls = failing(RetryRequest(DBError("x")), times=500)
    assert wrap_db_retry(max_retries=-1)(function)() == "done"
    assert len(calls) == 501


@pytest.mark.parametrize(
    ("error", "options", "expected"),
    [
        (RetryRequest(DBError("x")), {}, [1, 2, 4, 8, 10, 10]),
        (RetryRequest(DBError("x")), {"inc_retry_interval": False}, [1, 1, 1, 1, 1, 1]),
        (RetryRequest(DBError("x")), {"jitter": True}, [1, 1, 2, 4, 8, 10]),
        (DBDeadlock("x"), {"retry_on_deadlock": True}, [1, 1, 2, 4, 8, 10]),
        (RetryRequest(DBError("x")), {"retry_interval": 0.5, "max_retry_interval": 1.5}, [0.5, 1, 1.5, 1.5, 1.5, 1.5]),
    ],
)
def test_pauses(pauses: list[float], error: Exception, options: dict[str, Any], expected: list[float]) -> None:
    function, _ = failing(error)
    with pytest.raises((DBError, DBDeadlock)):
        wrap_db_retry(max_retries=6, **options)(function)()
    assert pauses == expected


class TestFront:
    @pytest.fixture
    def backend(self) -> Iterator[ModuleType]:
        module = ModuleType("rawdb_test_backend")
        sys.modules[module.__name__] = module
        yield module
        del sys.modules[module.__name__]

    def outcome(self, backend: ModuleType, marker: Callable[[Any], Any], error: Exception, **options: Any) -> int:
        """How often a marked function is called."""
        function, calls = failing(error)
        backend.function = marker(function)  # type: ignore[attr-defined]
        with pytest.raises(Exception, match="x"):
            DBAPI(backend.__name__, max_retries=2, **options).function()
        return len(calls)

    def test_markers(self, backend: ModuleType) -> None:
        def plain(function: Any) -> Any:
            return function

        lost, deadlock, request = DBConnectionError("x"), DBDeadlock("x"), RetryRequest(DBError("x"))
        assert self.outcome(backend, safe_for_db_retry, lost) == 1
        assert self.outcome(backend, safe_for_db_retry, lost, use_db_reconnect=True) == 3
        assert self.outcome(backend, retry_on_deadlock, deadlock) == 3
        assert self.outcome(backend, retry_on_deadlock, lost, use_db_reconnect=True) == 1
        assert self.outcome(backend, retry_on_request, request) == 3
        assert self.outcome(backend, plain, request, use_db_reconnect=True) == 1

    def test_loading(self, backend: ModuleType) -> None:
        backend.number = 7  # type: ignore[attr-defined]
        assert DBAPI("short", {"short": backend.__name__}).number == 7
        with pytest.raises(ImportError):
            DBAPI("rawdb_no_such_backend")
        lazy = DBAPI("rawdb_no_such_backend", lazy=True)
        with pytest.raises(ImportError):
            _ = lazy.number
        with pytest.raises(AttributeError):
            _ = DBAPI(backend.__name__).missing

    def test_over_the_front_door(self) -> None:
        assert DBAPI().key_pair_get is api.key_pair_get


def test_pauses_that_double_for_ever_stay_numbers() -> None:
    """After 1,024 runs a doubled pause is more than a float can hold."""
    for first in (1, 1.0):
        retry = wrap_db_retry(retry_interval=first, max_retries=-1, jitter=True)
        ceiling: float = first
        for _ in range(3000):
            pause, ceiling = retry._next_pause(ceiling, jitter=True)
            assert 0 <= pause <= 10


def test_an_unknown_outcome_is_never_repeated() -> None:
    """Whatever the checker says: the work may have been done."""
    runs: list[int] = []

    @wrap_db_retry(retry_interval=0, retry_on_disconnect=True, exception_checker=lambda error: True)
    def work() -> None:
        runs.append(1)
        raise DBOutcomeUnknown("the answer was lost")

    with pytest.raises(DBOutcomeUnknown):
        work()
    assert runs == [1]


def test_what_could_not_be_run_again_is_refused() -> None:
    """A coroutine or a generator has done nothing yet when it returns: its error would come out at once."""

    async def coroutine() -> None: ...

    def generator() -> Iterator[int]:
        yield 1

    async def both() -> Any:
        yield 1

    for function in (coroutine, generator, both):
        with pytest.raises(TypeError, match=f"{function.__name__} would never run again"):
            wrap_db_retry(retry_on_deadlock=True)(function)

    with pytest.raises(TypeError, match="would never run again"):
        wrap_db_retry(retry_on_deadlock=True)(functools.partial(coroutine))


def test_a_function_without_a_name_runs_again() -> None:
    """Such as a functools.partial."""
    runs: list[int] = []

    def work(number: int) -> int:
        runs.append(number)
        if len(runs) == 1:
            raise DBDeadlock("again")
        return number

    assert wrap_db_retry(retry_interval=0, retry_on_deadlock=True)(functools.partial(work, 5))() == 5
    assert runs == [5, 5]


def test_a_transaction_of_a_function_without_a_name_runs_again(admin_context: RequestContext) -> None:
    runs: list[int] = []

    def work(context: Any, number: int) -> int:
        runs.append(number)
        if len(runs) == 1:
            raise RetryRequest(DBDeadlock("again"))
        return number

    assert rawdb.writer(functools.partial(work, number=5))(admin_context) == 5
    assert runs == [5, 5]


def test_options_that_are_none() -> None:
    with pytest.raises(TypeError, match=r"write @wrap_db_retry\(\) above the function"):
        wrap_db_retry(lambda: None)  # type: ignore[arg-type]
    wrong: list[Any] = ["3", None, 1.5, -2, True]
    for number in wrong:
        with pytest.raises(ValueError, match="max_retries is the number of repeats"):
            wrap_db_retry(max_retries=number)
