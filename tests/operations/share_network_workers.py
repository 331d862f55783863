"""Workers that fight over share servers and networks, wherever they sit."""

from __future__ import annotations

from typing import Any

from rawdb import api
from rawdb.context import get_admin_context
from rawdb.exceptions import (
    ShareNetworkSecurityServiceAssociationError,
    ShareNetworkSecurityServiceDissociationError,
    ShareServerNotFound,
)
from tests.operations.quota_workers import PATIENCE, Barrier

#: Who deletes the server, where one does.
DELETES = 3


class ShareServerRace:
    """Rounds in which workers set details of one share server, and associate its network with one service, at once.

    In every other round the server is deleted meanwhile, and the association ended. Gives by round whether the
    worker's details were set, and whether its change of the association passed.
    """

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    @staticmethod
    def name(number: int) -> str:
        return f"race-{number}"

    @staticmethod
    def is_deleted(number: int) -> bool:
        return number % 2 == 1

    def __call__(self, worker: int, barrier: Barrier) -> list[tuple[bool, bool]]:
        return [self._round(number, worker, barrier) for number in range(self.rounds)]

    def _round(self, number: int, worker: int, barrier: Barrier) -> tuple[bool, bool]:
        context, name = get_admin_context(), self.name(number)
        if worker == 0:
            self._begin(context, number)
        barrier.wait(PATIENCE)
        while not self._is_there(context, name):
            # Another node has not heard of it yet.
            continue
        barrier.wait(PATIENCE)
        try:
            return self._set(context, number, worker), self._associate(context, number)
        finally:
            barrier.wait(PATIENCE)

    def _begin(self, context: Any, number: int) -> None:
        name = self.name(number)
        api.security_service_create(context, {"id": name, "project_id": "p", "type": "ldap"})
        api.share_network_create(context, {"id": name, "project_id": "p"})
        if self.is_deleted(number):
            api.share_network_add_security_service(context, name, name)
        api.share_server_create(context, {"id": name, "share_network_id": name})

    @staticmethod
    def _is_there(context: Any, name: str) -> bool:
        try:
            return bool(api.share_server_get(context, name))
        except ShareServerNotFound:
            return False

    def _set(self, context: Any, number: int, worker: int) -> bool:
        name = self.name(number)
        if self.is_deleted(number) and worker == DELETES:
            api.share_server_delete(context, name)
            return False
        details = {**{f"k{key}": worker for key in range(3)}, f"own-{worker}": "x"}
        try:
            api.share_server_backend_details_set(context, name, details)
        except ShareServerNotFound:
            return False
        return True

    def _associate(self, context: Any, number: int) -> bool:
        name = self.name(number)
        change = api.share_network_add_security_service
        if self.is_deleted(number):
            change = api.share_network_remove_security_service
        try:
            change(context, name, name)
        except (ShareNetworkSecurityServiceAssociationError, ShareNetworkSecurityServiceDissociationError):
            return False
        return True


def check(race: ShareServerRace, outcomes: dict[int, list[tuple[bool, bool]]], rows: dict[str, list[Any]]) -> None:
    """What a race of some workers must leave in the tables of details and associations."""
    for number in range(race.rounds):
        name = race.name(number)
        of_round = {worker: results[number] for worker, results in outcomes.items()}
        assert sum(changed for _, changed in of_round.values()) == 1, name
        live = [row for row in rows["associations"] if row["share_network_id"] == name and not row["deleted"]]
        assert len(live) == (0 if race.is_deleted(number) else 1), name

        own = {f"own-{worker}" for worker, (was_set, _) in of_round.items() if was_set}
        details = [row for row in rows["details"] if row["share_server_id"] == name]
        assert {row["deleted"] == "False" for row in details} <= {not race.is_deleted(number)}, name
        assert {row["key"] for row in details if row["key"].startswith("own")} == own, name
        assert len(details) == len(own) + (3 if own else 0), name
        assert len({row["value"] for row in details if row["key"].startswith("k")}) == (1 if own else 0), name
