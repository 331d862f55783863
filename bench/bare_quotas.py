"""Quotas by hand: reserve and commit, as rawdb's do it, on figures that nobody has to count anew."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Mapping, Sequence
from typing import Any

from bench.sessions import Floor, LostRaceError, utcnow

Row = dict[str, Any]


class OverLimitError(Exception):
    """A limit is in the way; nothing was reserved."""


class Quotas:
    """Both lock the project first, and write a row only where it still is what was read."""

    def __init__(self, session: Floor) -> None:
        self.session = session
        text = session.text
        conflict = (
            "ON DUPLICATE KEY UPDATE version = version + 1"
            if session.dialect == "mysql"
            else "ON CONFLICT (project_id) DO UPDATE SET version = quota_locks.version + 1"
        )
        self._lock = text(f"INSERT INTO quota_locks (project_id, version) VALUES (?, 1) {conflict}")
        user = "user_key" if session.dialect == "mysql" else "COALESCE(user_id, '')"
        whose = "FROM quota_usages WHERE project_id = ? AND deleted = 0"
        # The rows of the user and of the project as a whole; behind them the sums of everybody else's.
        self._usages = text(
            f"SELECT id, user_id, resource, in_use, reserved, until_refresh {whose} AND {user} IN (?, '')"
            f" UNION ALL SELECT NULL, NULL, resource, SUM(in_use), SUM(reserved), NULL {whose}"
            f" AND {user} NOT IN (?, '') GROUP BY resource ORDER BY 1"
        )
        self._open = (
            "SELECT r.id, r.project_id, r.delta, u.id AS usage_id, u.in_use, u.reserved FROM reservations AS r"
            " LEFT JOIN quota_usages AS u ON u.id = r.usage_id AND u.deleted = 0"
            " WHERE r.uuid IN ({}) AND r.deleted = 0 ORDER BY r.id"
        )
        self._close = "UPDATE reservations SET deleted = id, deleted_at = ? WHERE id IN ({}) AND deleted = 0"
        columns = ("uuid", "usage_id", "project_id", "user_id", "resource", "delta", "expire", "created_at", "deleted")
        self._reserve = f"INSERT INTO reservations ({', '.join(columns)}) VALUES {{}}"
        self._row = f"({', '.join('?' * len(columns))})"
        self._texts: dict[tuple[str, int], str] = {}

    def reserve(
        self,
        project: str,
        user: str,
        quotas: Mapping[str, int],
        user_quotas: Mapping[str, int],
        deltas: Mapping[str, int],
        expire: Any,
    ) -> list[str]:
        """Reserve all of the deltas and return a uuid each. Raises OverLimitError."""
        session, now = self.session, self.session.time(utcnow())
        names = [str(uuids.uuid4()) for _ in deltas]
        ends = session.time(expire)

        def work() -> list[str]:
            session.run(self._lock, (project,))
            mine: dict[str, Row] = {}
            others = dict.fromkeys(deltas, 0)
            for row in session.rows(self._usages, (project, user, project, user)):
                if row["user_id"] == user:
                    mine[row["resource"]] = row
                elif row["resource"] in others:
                    others[row["resource"]] += int(row["in_use"]) + int(row["reserved"])
            changed = []
            for resource, delta in deltas.items():
                row = mine[resource]
                if row["in_use"] < 0 or row["until_refresh"] is not None:
                    raise LookupError(f"{resource} must be counted")
                total = row["in_use"] + row["reserved"] + delta
                if 0 <= user_quotas[resource] < total or 0 <= quotas[resource] < total + others[resource]:
                    raise OverLimitError(resource)
                changed.append((row, row["in_use"], row["reserved"] + delta))
            self._write(changed, now)
            values: list[Any] = []
            for name, (resource, delta) in zip(names, deltas.items(), strict=True):
                values += (name, mine[resource]["id"], project, user, resource, delta, ends, now, 0)
            session.run(self._text(self._reserve, self._row, len(names)), values)
            return names

        return session.transaction(work)

    def commit(self, names: Sequence[str], project: str) -> None:
        """Turn reservations into usage."""
        session, now = self.session, self.session.time(utcnow())

        def work() -> None:
            session.run(self._lock, (project,))
            rows = session.rows(self._text(self._open, "?", len(names)), names)
            if any(row["project_id"] != project for row in rows):
                raise LookupError(f"not all of project {project}")
            changed = [
                ({**row, "id": row["usage_id"]}, row["in_use"] + row["delta"], row["reserved"] - row["delta"])
                for row in rows
            ]
            self._write(changed, now)
            closed = session.run(self._text(self._close, "?", len(rows)), (now, *(row["id"] for row in rows)))
            if closed != len(rows):
                raise LostRaceError("a reservation")

        session.transaction(work)

    def _write(self, changed: Sequence[tuple[Row, int, int]], now: Any) -> None:
        """New figures (in_use, reserved) for some rows, each where it still is what was read."""
        count = len(changed)
        text = self._texts.get(("write", count))
        if text is None:
            case = f"CASE id {' '.join(['WHEN ? THEN ?'] * count)}"
            text = self._texts["write", count] = self.session.text(
                f"UPDATE quota_usages SET in_use = {case} ELSE in_use END, reserved = {case} ELSE reserved END,"
                f" updated_at = ? WHERE deleted = 0"
                f" AND ({' OR '.join(['(id = ? AND in_use = ? AND reserved = ?)'] * count)})"
            )
        values: list[Any] = []
        for row, in_use, _ in changed:
            values += (row["id"], in_use)
        for row, _, reserved in changed:
            values += (row["id"], reserved)
        values.append(now)
        for row, _, _ in changed:
            values += (row["id"], row["in_use"], row["reserved"])
        if self.session.run(text, values) != count:
            raise LostRaceError("a usage")

    def _text(self, template: str, part: str, count: int) -> str:
        """A statement with a list of so many parts."""
        text = self._texts.get((template, count))
        if text is None:
            text = self._texts[template, count] = self.session.text(template.format(", ".join([part] * count)))
        return text
