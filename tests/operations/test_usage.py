"""Bandwidth and volume usage, through rawdb.api, on every dialect."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import DBDataError, DBError, Forbidden
from tests.operations import usage_workers
from tests.operations.factories import soft_delete, stored, together
from tests.support.rows import Row, there

PERIOD = datetime.fromisoformat("2026-11-01T02:03:04.567890")
NEXT = PERIOD + timedelta(microseconds=1)
BANDWIDTH = ("bw_in", "bw_out", "last_ctr_in", "last_ctr_out")
COUNTERS = ("reads", "read_bytes", "writes", "write_bytes")
WORKERS = 12


def set_bandwidth(uuid: Any = "vm", mac: Any = "fa:16", period: Any = PERIOD, first: Any = 1, **others: Any) -> None:
    """Counters first, first + 1, ..."""
    counters = [first + step for step in range(4)]
    return api.bw_usage_update(get_admin_context(), uuid, mac, period, *counters, **others)


def insert(table: str, **values: Any) -> None:
    """Rows that no operation makes."""
    names = ", ".join(values)
    shown = ", ".join("NULL" if value is None else f"'{value}'" for value in values.values())
    with rawdb.writer.using() as sql:
        sql.execute(f"INSERT INTO {table} ({names}) VALUES ({shown})")


def volume(*counters: Any, of: Any = "vol", totals: bool = False, instance: Any = "vm") -> Row:
    """One call with the given counters; one alone stands for all four."""
    first, second, third, fourth = counters * 4 if len(counters) == 1 else counters
    given = (first, second, third, fourth)
    return api.vol_usage_update(get_admin_context(), of, *given, instance, "p", "u", "az", update_totals=totals)


def shown(row: Row) -> tuple[list[int], list[int]]:
    """Totals and current counters."""
    return [row[f"tot_{name}"] for name in COUNTERS], [row[f"curr_{name}"] for name in COUNTERS]


class TestBandwidth:
    def test_the_first_call_stores_a_row(self, context: RequestContext, stopped_clock: datetime) -> None:
        assert set_bandwidth(update_cells=False) is None  # type: ignore[func-returns-value]
        row = {
            "id": stored("bw_usage_cache")[0]["id"],
            "uuid": "vm",
            "mac": "fa:16",
            "start_period": PERIOD,
            "last_refreshed": stopped_clock,
            **dict(zip(BANDWIDTH, (1, 2, 3, 4), strict=True)),
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert stored("bw_usage_cache") == [row]
        assert api.bw_usage_get(context, "vm", PERIOD, "fa:16") == row
        assert api.bw_usage_get(context, uuid="vm", start_period=PERIOD, mac="fa:16", use_slave=True) == row

    def test_later_calls_replace(self, context: RequestContext, stopped_clock: datetime) -> None:
        set_bandwidth()
        [row] = stored("bw_usage_cache")
        timeutils.advance_time_seconds(5)
        set_bandwidth(first=-3, last_refreshed=PERIOD)
        [after] = stored("bw_usage_cache")
        changes = {"last_refreshed": PERIOD, "updated_at": timeutils.utcnow()}
        assert after == {**row, **changes, **dict(zip(BANDWIDTH, (-3, -2, -1, 0), strict=True))}
        set_bandwidth(first=2**63 - 4)
        assert stored("bw_usage_cache")[0]["last_ctr_out"] == 2**63 - 1

    def test_each_of_the_three_tells_rows_apart(self, context: RequestContext) -> None:
        keys = [("vm", "fa:16", PERIOD), ("VM", "fa:16", PERIOD), ("vm", "fa:16 ", PERIOD), ("vm", "fa:16", NEXT)]
        for number, key in enumerate(keys):
            set_bandwidth(*key, first=number)
        for number, (uuid, mac, period) in enumerate(keys):
            assert there(api.bw_usage_get(context, uuid, period, mac))["bw_in"] == number
        assert len(stored("bw_usage_cache")) == 4

    def test_none_is_a_key_like_any_other(self, context: RequestContext) -> None:
        set_bandwidth(mac=None, first=10)
        set_bandwidth(uuid=None, first=20)
        set_bandwidth(mac=None, first=30)
        assert there(api.bw_usage_get(context, "vm", PERIOD, None))["bw_in"] == 30
        assert there(api.bw_usage_get(context, None, PERIOD, "fa:16"))["bw_in"] == 20
        assert api.bw_usage_get(context, "vm", PERIOD, "fa:16") is None
        assert len(stored("bw_usage_cache")) == 2

    def test_every_row_of_a_key_deleted_ones_too(self, context: RequestContext) -> None:
        for uuid in ("vm", "vm", "other"):
            insert("bw_usage_cache", uuid=uuid, mac="fa:16", start_period=PERIOD, bw_in=7, deleted=0)
        soft_delete("bw_usage_cache", stored("bw_usage_cache")[0]["id"])
        set_bandwidth()
        rows = stored("bw_usage_cache")
        assert [row["bw_in"] for row in rows] == [1, 1, 7]
        assert [row["deleted"] for row in rows] == [rows[0]["id"], 0, 0]
        for read_deleted in ("no", "yes", "only"):
            reader = get_admin_context(read_deleted=read_deleted)
            assert api.bw_usage_get(reader, "vm", PERIOD, "fa:16") == rows[0]
            assert api.bw_usage_get_by_uuids(reader, ["vm"], PERIOD) == rows[:2]

    def test_by_uuids(self, context: RequestContext) -> None:
        for uuid in ("c", "a", "b"):
            set_bandwidth(uuid)
        set_bandwidth("a", "fa:17")
        set_bandwidth("a", period=NEXT)
        rows = stored("bw_usage_cache")
        assert api.bw_usage_get_by_uuids(context, ["a", "c", "c", "zork"], PERIOD) == [rows[0], rows[1], rows[3]]
        assert api.bw_usage_get_by_uuids(context, iter(["b"]), PERIOD) == [rows[2]]
        assert api.bw_usage_get_by_uuids(context, [], PERIOD) == []
        assert api.bw_usage_get_by_uuids(context, ["a"], PERIOD - timedelta(days=1)) == []
        assert len(api.bw_usage_get_by_uuids(context, [f"{n}" for n in range(20000)] + ["a"], PERIOD)) == 2

    def test_times_in_any_notation(self, context: RequestContext) -> None:
        set_bandwidth()
        abroad = PERIOD.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=5)))
        for period in (abroad, abroad.isoformat(), PERIOD.isoformat(" ")):
            set_bandwidth(period=period, first=5)
            assert there(api.bw_usage_get(context, "vm", period, "fa:16"))["bw_in"] == 5  # type: ignore[arg-type]
        assert len(stored("bw_usage_cache")) == 1

    def test_bad_input(self, context: RequestContext, statements: list[str]) -> None:
        counters = [1, 2, 3, 4]
        for uuid, mac, given in (
            ("u" * 37, "fa:16", counters),
            ("vm", "m" * 256, counters),
            ("vm", "fa:16", [1, 2, 3, "asdf"]),
            ("vm", "fa:16", [2**63, 2, 3, 4]),
            ("vm", "fa:16", [1, object(), 3, 4]),
        ):
            with pytest.raises(DBDataError):
                api.bw_usage_update(context, uuid, mac, PERIOD, *given)
        with pytest.raises(ValueError, match="asdf"):
            set_bandwidth(period="asdf")
        assert statements == []
        with pytest.raises(DBError):
            set_bandwidth(period=None)
        assert stored("bw_usage_cache") == []


class TestVolumes:
    def test_the_first_call_stores_current_counters(self, context: RequestContext, stopped_clock: datetime) -> None:
        row = volume(1, 2, 3, 4)
        assert row == {
            "id": row["id"],
            "volume_id": "vol",
            "instance_uuid": "vm",
            "instance_id": None,
            "project_id": "p",
            "user_id": "u",
            "availability_zone": "az",
            "tot_last_refreshed": None,
            **dict.fromkeys((f"tot_{name}" for name in COUNTERS), 0),
            "curr_last_refreshed": stopped_clock,
            **{f"curr_{name}": number for number, name in enumerate(COUNTERS, 1)},
            "created_at": stopped_clock,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert stored("volume_usage_cache") == [row]

    def test_or_totals(self, context: RequestContext, stopped_clock: datetime) -> None:
        row = volume(1, 2, 3, 4, totals=True)
        assert shown(row) == ([1, 2, 3, 4], [0, 0, 0, 0])
        assert (row["tot_last_refreshed"], row["curr_last_refreshed"]) == (stopped_clock, None)
        assert stored("volume_usage_cache") == [row]

    def test_a_life(self, context: RequestContext) -> None:
        """The documented example, each step with the totals and the current counters after it."""
        steps = [
            (10, False, 0, 10),
            (12, False, 0, 12),
            (12, False, 0, 12),
            (1, False, 12, 1),
            (3, True, 15, 0),
            (5, False, 15, 5),
            (1, True, 21, 0),
        ]
        for counter, final, total, current in steps:
            row = volume(counter, totals=final)
            assert shown(row) == ([total] * 4, [current] * 4)
            assert stored("volume_usage_cache") == [row]

    @pytest.mark.parametrize("lower", range(4))
    def test_one_lower_counter_carries_all_over(self, context: RequestContext, lower: int) -> None:
        given = [20, 20, 20, 20]
        given[lower] = 19
        volume(20)
        assert shown(volume(20)) == ([0] * 4, [20] * 4)
        assert shown(volume(*given)) == ([20] * 4, given)
        volume(20, of="other")
        assert shown(volume(*given, of="other", totals=True)) == ([20 + each for each in given], [0] * 4)

    def test_stamps(self, context: RequestContext, stopped_clock: datetime) -> None:
        seen = []
        for counter, final in ((9, False), (1, False), (2, True), (1, True)):
            row = volume(counter, totals=final)
            seen.append([row[name] for name in ("tot_last_refreshed", "curr_last_refreshed", "updated_at")])
            timeutils.advance_time_seconds(1)
        moments = [stopped_clock + timedelta(seconds=seconds) for seconds in range(4)]
        assert seen == [
            [None, moments[0], None],
            [None, moments[1], moments[1]],
            [moments[2], moments[1], moments[2]],
            [moments[3], moments[1], moments[3]],
        ]

    def test_the_rest_is_always_rewritten(self, context: RequestContext) -> None:
        for final in (False, True):
            volume(1, totals=final)
            row: Row = api.vol_usage_update(context, "vol", 1, 1, 1, 1, None, "p2", None, "az2", update_totals=final)
            names = ("instance_uuid", "project_id", "user_id", "availability_zone")
            assert [row[name] for name in names] == [None, "p2", None, "az2"]

    def test_the_oldest_of_several_rows_deleted_or_not(self, context: RequestContext) -> None:
        for number, one in enumerate(("vol", "vol", "other")):
            insert("volume_usage_cache", volume_id=one, curr_reads=number, deleted=0)
        first, *others = stored("volume_usage_cache")
        soft_delete("volume_usage_cache", first["id"])
        row = volume(5)
        assert (row["id"], row["deleted"]) == (first["id"], first["id"])
        assert shown(row) == ([0] * 4, [5] * 4)
        assert stored("volume_usage_cache") == [row, *others]
        assert shown(volume(3, totals=True)) == ([8] * 4, [0] * 4)

    def test_volumes_are_told_apart_by_case(self, context: RequestContext) -> None:
        for number, one in enumerate(("vol", "VOL", "vol ")):
            volume(number, of=one)
        assert [row["curr_reads"] for row in stored("volume_usage_cache")] == [0, 1, 2]

    def test_a_missing_counter_is_0(self, context: RequestContext) -> None:
        assert shown(volume(5, None, 5, 5)) == ([0] * 4, [5, 0, 5, 5])
        assert shown(volume(5, None, 5, None)) == ([5, 0, 5, 5], [5, 0, 5, 0])

    def test_bad_input(self, context: RequestContext, statements: list[str]) -> None:
        for wrong in ("asdf", 2**63, object(), 1.5):
            with pytest.raises(DBDataError):
                volume(1, 2, 3, wrong)
        for one, instance in (("v" * 37, "vm"), ("vol", "i" * 37), (b"vol", "vm")):
            with pytest.raises(DBDataError):
                volume(1, of=one, instance=instance)
        assert statements == []
        with pytest.raises(DBError):
            volume(1, of=None)
        assert stored("volume_usage_cache") == []

    def test_by_time(self, context: RequestContext) -> None:
        old, new = PERIOD - timedelta(days=1), PERIOD + timedelta(days=1)
        stamps = [(None, None), (None, old), (old, None), (old, old), (old, new), (new, old), (new, new), (PERIOD, old)]
        for number, (total, current) in enumerate(stamps):
            insert(
                "volume_usage_cache",
                volume_id=f"vol-{number}",
                tot_last_refreshed=total,
                curr_last_refreshed=current,
                deleted=number % 2,
            )

        def found(begin: Any, who: RequestContext = context) -> list[int]:
            return [int(row["volume_id"][4:]) for row in api.vol_get_usage_by_time(who, begin)]

        for read_deleted in ("no", "only"):
            assert found(PERIOD, get_admin_context(read_deleted=read_deleted)) == [0, 1, 2, 4, 5, 6]
        assert found(PERIOD - timedelta(microseconds=1)) == [0, 1, 2, 4, 5, 6, 7]
        assert found(old - timedelta(days=1)) == list(range(8))
        assert found(new) == found(None) == [0, 1, 2]
        assert api.vol_get_usage_by_time(context, PERIOD)[:1] == stored("volume_usage_cache")[:1]
        with pytest.raises(ValueError, match="asdf"):
            found("asdf")


@pytest.mark.parametrize("place", range(4))
def test_a_total_beyond_64_bits(context: RequestContext, place: int) -> None:
    counters = [2**62 if index == place else 1 for index in range(4)]
    before = volume(*counters, totals=True)
    assert before["tot_reads"] == counters[0]
    with pytest.raises(DBDataError):
        volume(*counters, totals=True)
    current = volume(*counters)
    with pytest.raises(DBDataError):
        volume(0, 0, 0, 0)
    assert stored("volume_usage_cache") == [current]
    assert all(type(current[name]) is int for name in current if name.startswith(("tot_read", "tot_write", "curr_w")))


class TestConcurrency:
    @pytest.fixture(autouse=True)
    def _enough_connections(self, db: str) -> None:
        rawdb.dispose()
        rawdb.configure(connection=db, max_pool_size=WORKERS)

    @pytest.mark.parametrize("name", ["bandwidth", "volume"])
    def test_threads_leave_one_row(self, name: str) -> None:
        outcomes = usage_workers.in_threads(name, list(range(WORKERS)), 8, threading.Barrier(WORKERS))
        usage_workers.check(name, outcomes, 8, WORKERS)

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["bandwidth", "volume"])
    def test_processes_leave_one_row(self, db: str, name: str) -> None:
        outcomes = usage_workers.in_processes([db] * 3, name, 20, WORKERS)
        usage_workers.check(name, outcomes, 20, WORKERS)

    def test_nothing_is_lost_between_restarts(self) -> None:
        """Whoever comes with a lower counter carries over what is stored then: the totals add up in any order."""
        results = together(*[lambda step=step: volume(100 - step) for step in range(8)])
        assert all(isinstance(result, dict) for result in results)
        [row] = stored("volume_usage_cache")
        results.sort(key=lambda result: (result["tot_reads"], result["curr_reads"]))
        assert results[-1] == row
        for before, after in pairwise(results):
            carried = before["curr_reads"] if after["curr_reads"] < before["curr_reads"] else 0
            assert after["tot_reads"] == before["tot_reads"] + carried


def test_guards(nobody: RequestContext, context: RequestContext, statements: list[str]) -> None:
    calls = (
        lambda who: api.bw_usage_get(who, "vm", PERIOD, "fa:16"),
        lambda who: api.bw_usage_get_by_uuids(who, ["vm"], PERIOD),
        lambda who: api.bw_usage_update(who, "vm", "fa:16", PERIOD, 1, 2, 3, 4),
        lambda who: api.vol_get_usage_by_time(who, PERIOD),
        lambda who: api.vol_usage_update(who, "vol", 1, 2, 3, 4, "vm", "p", "u", "az"),
    )
    for call in calls:
        with pytest.raises(Forbidden):
            call(nobody)
    assert statements == []
    for call in calls:
        call(context)


def test_within_a_transaction_of_the_caller(context: RequestContext) -> None:
    with pytest.raises(ZeroDivisionError), rawdb.writer.using(context):
        api.bw_usage_update(context, "vm", "fa:16", PERIOD, 1, 2, 3, 4)
        api.vol_usage_update(context, "vol", 1, 2, 3, 4, "vm", "p", "u", "az")
        assert there(api.bw_usage_get(context, "vm", PERIOD, "fa:16"))["bw_in"] == 1
        raise ZeroDivisionError
    assert stored("bw_usage_cache") == stored("volume_usage_cache") == []


def test_round_trips(context: RequestContext, statements: list[str]) -> None:
    set_bandwidth()
    first = ["bw_usage_update", "BEGIN", "quota_reserve__lock", "bw_usage_update", "bw_usage_update__create", "COMMIT"]
    assert statements == first
    volume(1)
    stored_volume = ["vol_usage_update__stored", "COMMIT"]
    new_volume = ["BEGIN", "quota_reserve__lock", "vol_usage_update", "vol_usage_update__create", *stored_volume]
    assert statements[6:] == ["BEGIN", "vol_usage_update", "COMMIT", *new_volume]
    statements.clear()
    set_bandwidth()
    volume(1)
    volume(1, totals=True)
    api.bw_usage_get(context, "vm", PERIOD, "fa:16")
    api.bw_usage_get_by_uuids(context, ["vm"], PERIOD)
    api.vol_get_usage_by_time(context, PERIOD)
    assert statements == [
        "bw_usage_update",
        *["BEGIN", "vol_usage_update", *stored_volume],
        *["BEGIN", "vol_usage_update__totals", *stored_volume],
        "bw_usage_get",
        "bw_usage_get_by_uuids",
        "vol_get_usage_by_time",
    ]
