"""The clock and the datetimes that callers hand in."""

# ruff: noqa: DTZ001 - naive datetimes are the subject

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest

from rawdb import timeutils

NOON = datetime(2026, 1, 31, 12, 0, 0, 123456)
PLUS_TWO = timezone(timedelta(hours=2))


class Unsure(tzinfo):
    """A time zone that does not know its offset, which makes its datetimes naive."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return None

    def dst(self, dt: datetime | None) -> timedelta | None:
        return None

    def tzname(self, dt: datetime | None) -> str | None:
        return "unsure"


@pytest.fixture(autouse=True)
def running_clock() -> Iterator[None]:
    timeutils.clear_time_override()
    yield
    timeutils.clear_time_override()


def test_utcnow_is_naive_utc() -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    now = timeutils.utcnow()
    after = datetime.now(UTC).replace(tzinfo=None)
    assert now.tzinfo is None
    assert before <= now <= after


def test_override_stops_the_clock_with_its_microseconds() -> None:
    timeutils.set_time_override(NOON)
    assert timeutils.utcnow() == NOON
    assert timeutils.utcnow() == NOON


def test_a_second_override_replaces_the_first() -> None:
    timeutils.set_time_override(NOON)
    timeutils.set_time_override(NOON + timedelta(days=1))
    assert timeutils.utcnow() == NOON + timedelta(days=1)


def test_override_without_a_time_stops_at_the_present() -> None:
    before = timeutils.utcnow()
    timeutils.set_time_override(None)
    stopped = timeutils.utcnow()
    assert before <= stopped <= datetime.now(UTC).replace(tzinfo=None)
    assert all(timeutils.utcnow() == stopped for _ in range(100))


def test_aware_override_is_converted() -> None:
    timeutils.set_time_override(NOON.replace(tzinfo=PLUS_TWO))
    assert timeutils.utcnow() == NOON - timedelta(hours=2)
    assert timeutils.utcnow().tzinfo is None


def test_clearing_lets_the_clock_run_again() -> None:
    timeutils.set_time_override(datetime(1999, 1, 1))
    timeutils.clear_time_override()
    assert timeutils.utcnow().year >= 2025
    timeutils.clear_time_override()


def test_override_holds_in_other_threads() -> None:
    timeutils.set_time_override(NOON)
    seen: list[datetime] = []
    thread = threading.Thread(target=lambda: seen.append(timeutils.utcnow()))
    thread.start()
    thread.join()
    assert seen == [NOON]


def test_advancing_a_stopped_clock() -> None:
    timeutils.set_time_override(NOON)
    timeutils.advance_time_seconds(90)
    assert timeutils.utcnow() == NOON + timedelta(seconds=90)
    timeutils.advance_time_delta(timedelta(days=-1))
    assert timeutils.utcnow() == NOON + timedelta(seconds=90, days=-1)


def test_advancing_from_many_threads_loses_nothing() -> None:
    timeutils.set_time_override(NOON)
    start = threading.Barrier(8)

    def advance() -> None:
        start.wait()
        for _ in range(500):
            timeutils.advance_time_seconds(1)

    threads = [threading.Thread(target=advance) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert timeutils.utcnow() == NOON + timedelta(seconds=8 * 500)


def test_a_running_clock_cannot_be_advanced() -> None:
    with pytest.raises(RuntimeError, match="not stopped"):
        timeutils.advance_time_seconds(1)


def test_parse_keeps_a_naive_datetime() -> None:
    assert timeutils.parse_datetime(NOON) == NOON


def test_parse_converts_an_aware_datetime() -> None:
    parsed = timeutils.parse_datetime(NOON.replace(tzinfo=PLUS_TWO))
    assert parsed == NOON - timedelta(hours=2)
    assert parsed.tzinfo is None


def test_parse_takes_a_zone_without_offset_for_naive() -> None:
    parsed = timeutils.parse_datetime(NOON.replace(tzinfo=Unsure()))
    assert parsed == NOON
    assert parsed.tzinfo is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:00:00.123456", NOON),
        ("2026-01-31 12:00:00.123456", NOON),
        ("2026-01-31T12:00:00", datetime(2026, 1, 31, 12)),
        ("2026-01-31T12:00:00.5", datetime(2026, 1, 31, 12, 0, 0, 500000)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12)),
        ("2026-01-31T12:00:00.123456+02:00", NOON - timedelta(hours=2)),
        ("2026-01-31T00:30:00+02:00", datetime(2026, 1, 30, 22, 30)),
        ("2026-01-31", datetime(2026, 1, 31)),
    ],
)
def test_parse_reads_iso_text(text: str, expected: datetime) -> None:
    parsed = timeutils.parse_datetime(text)
    assert parsed == expected
    assert parsed.tzinfo is None


@pytest.mark.parametrize("text", ["", "yesterday", "31.01.2026", "2026-13-01T00:00:00", "1769860800"])
def test_parse_names_the_text_it_cannot_read(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        timeutils.parse_datetime(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    "value",
    ["0001-01-01T00:00:00+02:00", datetime.max.replace(tzinfo=timezone(timedelta(hours=-2)))],
)
def test_parse_refuses_moments_outside_the_calendar(value: datetime | str) -> None:
    with pytest.raises(ValueError, match="1 to 9999") as caught:
        timeutils.parse_datetime(value)
    assert isinstance(caught.value.__cause__, OverflowError)


@pytest.mark.parametrize("value", [None, 5, date(2026, 1, 31), b"2026-01-31"])
def test_parse_refuses_other_types(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        timeutils.parse_datetime(value)  # type: ignore[arg-type]


def test_convert_gives_utc_without_a_zone() -> None:
    values = {"launched_at": datetime(2026, 1, 31, 10, tzinfo=PLUS_TWO), "host": "h"}
    timeutils.convert_datetimes(values, timeutils.INSTANCE_DATETIME_KEYS)
    assert values == {"launched_at": datetime(2026, 1, 31, 8), "host": "h"}


def test_convert_reads_text_with_an_offset() -> None:
    values = {"start_time": "2026-01-31T10:00:00.000001", "finish_time": "2026-01-31T10:00:00+02:00"}
    timeutils.convert_datetimes(values, timeutils.ACTION_FINISH_DATETIME_KEYS)
    assert values == {
        "start_time": datetime(2026, 1, 31, 10, 0, 0, 1),
        "finish_time": datetime(2026, 1, 31, 8),
    }


def test_convert_touches_the_listed_keys_only() -> None:
    values = {"start_time": "2026-01-31T10:00:00", "finish_time": "2026-01-31T11:00:00"}
    timeutils.convert_datetimes(values, timeutils.ACTION_START_DATETIME_KEYS)
    assert values == {"start_time": datetime(2026, 1, 31, 10), "finish_time": "2026-01-31T11:00:00"}


@pytest.mark.parametrize("value", [None, "", 0])
def test_convert_leaves_falsy_values_alone(value: object) -> None:
    values = {"created_at": value}
    timeutils.convert_datetimes(values, timeutils.COMPUTE_NODE_DATETIME_KEYS)
    assert values == {"created_at": value}


@pytest.mark.parametrize(("value", "error"), [("soon", ValueError), (7, TypeError)])
def test_convert_changes_nothing_when_one_value_is_bad(value: object, error: type[Exception]) -> None:
    values = {"created_at": "2026-01-31T10:00:00", "updated_at": value}
    with pytest.raises(error, match=repr(value)):
        timeutils.convert_datetimes(values, timeutils.COMPUTE_NODE_DATETIME_KEYS)
    assert values == {"created_at": "2026-01-31T10:00:00", "updated_at": value}


def test_keys_with_datetimes() -> None:
    assert set(timeutils.INSTANCE_DATETIME_KEYS) == {
        "created_at",
        "updated_at",
        "deleted_at",
        "launched_at",
        "terminated_at",
        "scheduled_at",
    }
    assert set(timeutils.COMPUTE_NODE_DATETIME_KEYS) == {"created_at", "updated_at", "deleted_at"}
    assert set(timeutils.ACTION_START_DATETIME_KEYS) == {"start_time"}
    assert set(timeutils.ACTION_FINISH_DATETIME_KEYS) == {"start_time", "finish_time"}
