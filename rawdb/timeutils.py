"""The one clock of rawdb, and the rules for datetimes that callers hand in.

Everything rawdb stores or compares is a naive datetime in UTC with microseconds. The time comes from here and
never from a server, so that a test that freezes this clock freezes every timestamp.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

# Columns in which a text is accepted too (see `convert_datetimes`).
INSTANCE_DATETIME_KEYS = (
    "created_at",
    "updated_at",
    "deleted_at",
    "launched_at",
    "terminated_at",
    "scheduled_at",
)
COMPUTE_NODE_DATETIME_KEYS = ("created_at", "updated_at", "deleted_at")
ACTION_START_DATETIME_KEYS = ("start_time",)
ACTION_FINISH_DATETIME_KEYS = ("start_time", "finish_time")

_lock = threading.Lock()
_override: datetime | None = None


def utcnow() -> datetime:
    """Return the current time as a naive UTC datetime with microseconds, or the time set by an override."""
    override = _override
    if override is not None:
        return override
    moment = datetime.now(UTC)
    # As replace(tzinfo=None), which costs three times that.
    return datetime.combine(moment.date(), moment.time())


def set_time_override(value: datetime | None = None) -> None:
    """Stop the clock at `value`, for all threads of the process; `None` stops it at the present moment.

    An aware `value` is converted to UTC first. Undo it with `clear_time_override`.
    """
    global _override
    moment = datetime.now(UTC).replace(tzinfo=None) if value is None else parse_datetime(value)
    with _lock:
        _override = moment


def clear_time_override() -> None:
    """Let the clock run again. Harmless when it was not stopped."""
    global _override
    with _lock:
        _override = None


def advance_time_delta(delta: timedelta) -> None:
    """Move a stopped clock by `delta`; RuntimeError when the clock is not stopped."""
    global _override
    with _lock:
        if _override is None:
            raise RuntimeError("the clock is not stopped: call set_time_override() first")
        _override += delta


def advance_time_seconds(seconds: float) -> None:
    """Move a stopped clock by `seconds`; RuntimeError when the clock is not stopped."""
    advance_time_delta(timedelta(seconds=seconds))


def seconds_ago(seconds: float) -> datetime:
    """Return the time so many seconds before now. ValueError when that is in no year from 1 to 9999."""
    try:
        return utcnow() - timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"a window of {seconds!r} seconds ends in no year from 1 to 9999") from error


def parse_datetime(value: datetime | str) -> datetime:
    """Return `value` as a naive UTC datetime.

    A naive datetime is returned as it is, an aware one is converted to UTC, a text is read as ISO 8601 and
    then treated alike. Another text, or a moment that has no UTC equivalent within the years 1 to 9999,
    raises ValueError with the value in its message; a value of another type raises TypeError.
    """
    moment = _read(value)
    # A tzinfo may answer None for the offset: that value is naive, and astimezone() would take it for local.
    if moment.utcoffset() is None:
        return moment.replace(tzinfo=None)
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(f"no UTC equivalent in the years 1 to 9999: {value!r}") from error


def convert_datetimes(values: MutableMapping[str, Any], keys: Iterable[str]) -> None:
    """Make the datetimes under `keys` of `values` naive UTC, in place, as `parse_datetime` does.

    Ten o'clock at +02:00 becomes eight o'clock. Missing keys and falsy values are left alone. A text that is no
    datetime raises ValueError, a value of another type TypeError; then nothing in `values` has changed.
    """
    values.update({key: parse_datetime(values[key]) for key in keys if values.get(key)})


def _read(value: datetime | str) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise TypeError(f"expected a datetime or an ISO 8601 text, got {type(value).__name__}: {value!r}")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"not an ISO 8601 datetime: {value!r}") from error
