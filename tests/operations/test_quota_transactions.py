"""The transactions of reservations: round trips, repetitions, intruders and lost answers, on every dialect."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.engine.connection import Connection
from rawdb.engine.retry import NO_RETRY
from rawdb.exceptions import (
    DBConnectionError,
    DBDeadlock,
    DBOutcomeUnknown,
    OverQuota,
)
from rawdb.testing.databases import connected
from tests.operations.factories import stored
from tests.operations.quota_helpers import (
    PAST,
    RESERVE,
    SETTLE,
    End,
    Resource,
    commit,
    live_reservations,
    mine,
    nothing,
    real,
    reserve,
    roll_back,
    usage_row,
    usages,
)

# Transactions


def test_round_trips(context: RequestContext, statements: list[str]) -> None:
    uuids = reserve(context, {"cores": 1, "ram": 1}, resources=real())
    assert statements == [
        *RESERVE, "quota_reserve__sync_instances", *["quota_reserve__create_usage"] * 3,
        "quota_reserve__create_reservations", "COMMIT",
    ]  # fmt: skip
    statements.clear()
    uuids += reserve(context, {"cores": 1, "ram": 1}, resources=real())
    assert statements == [*RESERVE, "quota_reserve__write_usages", "quota_reserve__create_reservations", "COMMIT"]
    statements.clear()
    uuids += reserve(context, {"cores": -1, "ram": 0}, resources=real())
    assert statements == [*RESERVE, "quota_reserve__create_reservations", "COMMIT"]
    statements.clear()
    with pytest.raises(OverQuota):
        reserve(context, {"cores": 99}, resources=real())
    assert statements == [*RESERVE, "COMMIT"]
    for settle in (api.reservation_commit, api.reservation_rollback):
        statements.clear()
        settle(context, uuids[:2])
        assert statements == [*SETTLE, "quota_reserve__write_usages", "reservation_commit__close", "COMMIT"]
        uuids = uuids[2:]
    statements.clear()
    api.reservation_commit(get_admin_context(), uuids)
    assert statements[:2] == ["reservation_commit__projects", "BEGIN"]
    assert len(statements) == 7
    statements.clear()
    api.reservation_commit(get_admin_context(), uuids)
    assert statements == ["reservation_commit__projects"]


def test_round_trips_of_expiry(context: RequestContext, admin_context: RequestContext, statements: list[str]) -> None:
    api.reservation_expire(admin_context)
    assert statements == ["reservation_expire__projects"]
    for project_id in ("p", "q"):
        reserve(context, {"cores": 1}, project_id=project_id, expire=PAST)
    statements.clear()
    api.reservation_expire(admin_context)
    assert len(statements) == 1 + 2 * (4 + 2)


@pytest.mark.dialects("postgresql", "mysql")
def test_the_callers_transaction_is_not_joined(context: RequestContext, admin_context: RequestContext) -> None:
    uuids: list[str] = []

    @rawdb.writer
    def fail(context: RequestContext) -> None:
        rawdb.sql(context).key_pair_count_by_user(user_id="nobody")
        uuids.extend(reserve(context, {"cores": 2}))
        api.reservation_commit(context, uuids)
        uuids.extend(reserve(context, {"cores": 1}))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail(context)
    assert mine("cores") == (2, 1)
    with rawdb.reader.using(context) as sql:
        sql.key_pair_count_by_user(user_id="nobody")
        api.reservation_rollback(context, uuids)
    with rawdb.reader.using(admin_context) as sql:
        sql.key_pair_count_by_user(user_id="nobody")
        api.quota_usage_update(admin_context, "fake-project", "fake-user", "cores", in_use=7)
        api.quota_destroy_all_by_project_and_user(admin_context, "fake-project", "somebody")
    assert mine("cores") == (7, 0)


class Refusals:
    """An observer in whose eyes the server refuses the statement `name`, the first `times` times."""

    def __init__(self, name: str, times: int = 1) -> None:
        self.left = times
        self._name = name

    def __call__(self, name: str, text: str) -> None:
        if name == self._name and self.left:
            self.left -= 1
            raise DBDeadlock("refused")


@pytest.mark.parametrize("refused", ["quota_reserve__lock", "quota_reserve__create_reservations", "COMMIT"])
def test_a_refused_reserve_starts_over(
    context: RequestContext, refused: str, statements: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    counts: list[int] = []

    def sync(elevated: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
        counts.append(len(counts) + 10)
        return {"cores": counts[-1]}

    rawdb.default_database().observers.append(Refusals(refused, 2))
    uuids = reserve(context, {"cores": -99, "ram": 1}, resources={**nothing(), "cores": Resource(sync)})
    assert mine("cores") == (counts[-1], 0)
    assert mine("ram") == (0, 1)
    assert [row["uuid"] for row in stored("reservations")] == uuids
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1
    assert statements.count("quota_reserve__lock") == 3


@pytest.mark.parametrize("refused", ["reservation_commit__open", "quota_reserve__write_usages", "COMMIT"])
def test_a_refused_end_starts_over(context: RequestContext, admin_context: RequestContext, refused: str) -> None:
    observers = rawdb.default_database().observers
    uuids = [*reserve(context, {"cores": 1}), *reserve(context, {"cores": 2}), *reserve(context, {"cores": 4})]
    reserve(context, {"cores": 3}, expire=PAST)
    observers.append(Refusals(refused, 2))
    api.reservation_commit(context, uuids[:2])
    observers.append(Refusals(refused, 2))
    api.reservation_rollback(context, uuids[2:])
    observers.append(Refusals("COMMIT", 2))
    api.reservation_expire(admin_context)
    assert mine("cores") == (3, 0)
    assert live_reservations() == []


def test_a_refusal_for_ever_ends(db: str) -> None:
    rawdb.dispose()
    rawdb.configure(connection=db, retry=NO_RETRY)
    context = RequestContext("fake-user", "fake-project", is_admin=False)
    rawdb.default_database().observers.append(Refusals("COMMIT", 100))
    with pytest.raises(DBDeadlock):
        reserve(context, {"cores": 1})
    assert stored("quota_usages") == []


class Intruder:
    """An observer that runs SQL of its own, in another connection, just before the statement `name` is sent first."""

    def __init__(self, url: str, name: str, text: str) -> None:
        self.came = False
        self._url, self._name, self._text = url, name, text

    def __call__(self, name: str, text: str) -> None:
        if name == self._name and not self.came:
            self.came = True
            with connected(self._url) as run:
                run(self._text)


@pytest.mark.dialects("postgresql", "mysql")
@pytest.mark.parametrize(
    "text",
    [
        "UPDATE quota_usages SET in_use = in_use + 15",
        "UPDATE quota_usages SET reserved = reserved + 15",
        "UPDATE quota_usages SET deleted = id",
    ],
)
def test_a_usage_written_without_the_lock(context: RequestContext, db: str, text: str) -> None:
    usage_row("cores", 1)
    intruder = Intruder(db, "quota_reserve__write_usages", text)
    rawdb.default_database().observers.append(intruder)
    if "deleted" in text:
        assert len(reserve(context, {"cores": 5})) == 1
        assert usages() == {("fake-project", "fake-user", "cores"): (0, 5)}
    else:
        with pytest.raises(OverQuota):
            reserve(context, {"cores": 5})
        assert sum(mine("cores")) == 16
    assert intruder.came


@pytest.mark.dialects("postgresql", "mysql")
def test_a_countdown_written_without_the_lock(context: RequestContext, db: str) -> None:
    usage_row("cores", 1, until_refresh=9)
    text = "UPDATE quota_usages SET in_use = in_use + 2, until_refresh = 5"
    intruder = Intruder(db, "quota_reserve__write_countdowns", text)
    rawdb.default_database().observers.append(intruder)
    reserve(context, {"cores": 5})
    assert intruder.came
    assert mine("cores") == (3, 5)
    assert [row["until_refresh"] for row in stored("quota_usages")] == [4]


@pytest.mark.dialects("postgresql", "mysql")
def test_a_usage_made_without_the_lock(context: RequestContext, db: str) -> None:
    text = (
        "INSERT INTO quota_usages (project_id, user_id, resource, in_use, reserved, deleted)"
        " VALUES ('fake-project', 'fake-user', 'cores', 15, 0, 0)"
    )
    rawdb.default_database().observers.append(Intruder(db, "quota_reserve__create_usage", text))
    reserve(context, {"cores": 5})
    assert usages() == {("fake-project", "fake-user", "cores"): (15, 5)}


@pytest.mark.dialects("postgresql", "mysql")
@pytest.mark.parametrize("end", [commit, roll_back], ids=["commit", "rollback"])
def test_a_reservation_closed_without_the_lock(context: RequestContext, db: str, end: End) -> None:
    uuids = reserve(context, {"cores": 5})
    text = "UPDATE reservations SET deleted = id"
    rawdb.default_database().observers.append(Intruder(db, "reservation_commit__close", text))
    end(context, uuids)
    assert mine("cores") == (0, 5)


def test_transactions_begin_with_the_lock(context: RequestContext, statements: list[str]) -> None:
    admin = get_admin_context()
    uuids = reserve(context, {"cores": 1})
    api.reservation_commit(context, uuids)
    reserve(context, {"cores": 1}, expire=PAST)
    api.reservation_expire(admin)
    api.quota_usage_update(admin, "fake-project", "fake-user", "cores", in_use=5)
    api.quota_destroy_all_by_project_and_user(admin, "fake-project", "fake-user")
    api.quota_destroy_all_by_project(admin, "fake-project")
    after_begin = [after for before, after in itertools.pairwise(statements) if before == "BEGIN"]
    assert after_begin == ["quota_reserve__lock"] * 7
    [lock] = stored("quota_locks", "project_id")
    assert lock == {"project_id": "fake-project", "version": 7}


# A COMMIT whose answer is lost


@pytest.fixture
def lose_answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Lose the answer to the next COMMIT, which the server has carried out, or has not."""
    real_commit = Connection.commit

    def lose(carried_out: bool) -> None:
        def commit(connection: Connection) -> None:
            monkeypatch.setattr(Connection, "commit", real_commit)
            if carried_out:
                real_commit(connection)
            else:
                connection.rollback()
            raise DBOutcomeUnknown("the answer was lost")

        monkeypatch.setattr(Connection, "commit", commit)

    return lose


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_lost_answer_is_cleared_up(
    context: RequestContext, admin_context: RequestContext, lose_answer: Callable[[bool], None], carried_out: bool
) -> None:
    lose_answer(carried_out)
    uuids = reserve(context, {"cores": 1, "ram": 3})
    assert [row["uuid"] for row in stored("reservations")] == uuids
    assert (mine("cores"), mine("ram")) == ((0, 1), (0, 3))
    lose_answer(carried_out)
    api.reservation_commit(context, uuids[:1])
    lose_answer(carried_out)
    api.reservation_rollback(context, uuids[1:])
    assert (mine("cores"), mine("ram")) == ((1, 0), (0, 0))
    reserve(context, {"cores": 4}, expire=PAST)
    lose_answer(carried_out)
    api.reservation_expire(admin_context)
    assert mine("cores") == (1, 0)


@pytest.mark.parametrize("carried_out", [True, False])
def test_expiry_goes_on_after_a_lost_answer(
    context: RequestContext,
    admin_context: RequestContext,
    lose_answer: Callable[[bool], None],
    monkeypatch: pytest.MonkeyPatch,
    carried_out: bool,
) -> None:
    monkeypatch.setattr("rawdb.operations.quotas.settle._BATCH", 2)
    for _ in range(5):
        reserve(context, {"cores": 1}, expire=PAST)
    lose_answer(carried_out)
    api.reservation_expire(admin_context)
    assert mine("cores") == (0, 0)
    assert live_reservations() == []


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_lost_refusal_is_decided_again(
    context: RequestContext, lose_answer: Callable[[bool], None], carried_out: bool
) -> None:
    lose_answer(carried_out)
    with pytest.raises(OverQuota):
        reserve(context, {"cores": 21})
    assert stored("reservations") == []


def test_a_lost_answer_that_cannot_be_cleared_up(
    context: RequestContext, lose_answer: Callable[[bool], None], statements: list[str]
) -> None:
    def server_is_gone(name: str, text: str) -> None:
        if name == "BEGIN" and "COMMIT" in statements:
            raise DBConnectionError("no server")

    observers = rawdb.default_database().observers
    observers.append(server_is_gone)
    calls: list[Callable[[], Any]] = [
        lambda: reserve(context, {"cores": 1}),
        lambda: api.reservation_commit(context, ["a-uuid"]),
    ]
    for call in calls:
        statements.clear()
        lose_answer(True)
        with pytest.raises(DBOutcomeUnknown) as caught:
            call()
        assert type(caught.value.__cause__) is DBConnectionError
    observers.remove(server_is_gone)
    assert len(stored("reservations")) == 1


@pytest.mark.dialects("postgresql", "mysql")
def test_a_connection_that_dies_at_commit(context: RequestContext, db: str, dialect: str) -> None:
    reserve(context, {"cores": 1})
    queries = {
        "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state = 'idle in transaction'",
        "mysql": "SELECT p.id FROM information_schema.processlist AS p"
        " WHERE p.db = DATABASE() AND p.id <> CONNECTION_ID()",
    }
    killed: list[int] = []

    def kill(name: str, text: str) -> None:
        if name != "COMMIT" or killed:
            return
        with connected(db) as run:
            for row in run(queries[dialect]).rows:
                killed.append(int(row[0]))
                if dialect == "mysql":
                    run(f"KILL {int(row[0])}")

    rawdb.default_database().observers.append(kill)
    uuids = reserve(context, {"cores": 2})
    assert killed
    assert [row["uuid"] for row in live_reservations()][1:] == uuids
    assert mine("cores") == (0, 3)
