"""The operations written by hand on the bare driver: what rawdb is measured against.

They return what rawdb's return, without its checks, scopes, retries and translated errors, for a plain user of one
project. The naive line and the floor are this code on different sessions. Relations are read by statements of their
own, the relations of a whole list by one each.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bench.dataset import PAGE, RESOURCES
from bench.sessions import Floor

Row = dict[str, Any]
_KINDS = {"metadata": "instance_metadata", "system_metadata": "instance_system_metadata"}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Reads:
    """Reads of one row, of lists and of pages."""

    def __init__(self, session: Floor) -> None:
        text = session.text
        self.session = session
        self._key_pair = text("SELECT * FROM key_pairs WHERE user_id = ? AND name = ? AND deleted = 0")
        self._services = text("SELECT * FROM services WHERE deleted = 0 ORDER BY id")
        self._quotas = text("SELECT resource, hard_limit FROM quotas WHERE project_id = ? AND deleted = 0 ORDER BY id")
        self._instance = text("SELECT * FROM instances WHERE uuid = ? AND deleted = 0 AND project_id = ?")
        self._by_host = text("SELECT * FROM instances WHERE host = ? AND deleted = 0 ORDER BY id")
        page = (
            "SELECT * FROM instances WHERE project_id = ? AND deleted = 0{} ORDER BY created_at DESC, id DESC LIMIT ?"
        )
        self._first = text(page.format(""))
        self._after = text(page.format(" AND created_at <= ? AND (created_at < ? OR id < ?)"))
        self._marker = text("SELECT created_at, id FROM instances WHERE uuid = ? AND deleted = 0 AND project_id = ?")
        self._cache = text("SELECT * FROM instance_info_caches WHERE instance_uuid = ?")
        member = "FROM security_group_instance_association AS a JOIN {} WHERE a.instance_uuid {} AND a.deleted = 0"
        groups = member.format("security_groups AS g ON g.id = a.security_group_id", "{}") + " AND g.deleted = 0"
        rules = member.format("security_group_rules AS r ON r.parent_group_id = a.security_group_id", "= ?")
        self._groups = text(f"SELECT g.* {groups.format('= ?')} ORDER BY g.id")
        self._rules = text(f"SELECT r.* {rules} AND r.deleted = 0 ORDER BY r.id")
        pairs = "SELECT * FROM {} WHERE instance_uuid = ? AND deleted = 0 ORDER BY id"
        self._pairs = {key: text(pairs.format(table)) for key, table in _KINDS.items()}
        self._listed_groups = f"SELECT a.instance_uuid AS member, g.* {groups} ORDER BY g.id"
        self._listed: dict[tuple[str, int], str] = {}

    def key_pair_get(self, user_id: str, name: str) -> Row:
        return self.session.rows(self._key_pair, (user_id, name))[0]

    def service_get_all(self) -> list[Row]:
        return self.session.rows(self._services)

    def quota_get_all_by_project(self, project: str) -> Row:
        rows = self.session.rows(self._quotas, (project,))
        return {"project_id": project, **{row["resource"]: row["hard_limit"] for row in rows}}

    def instance_get(self, uuid: str, project: str, metadata: bool = True) -> Row:
        row = self.session.rows(self._instance, (uuid, project))[0]
        return self.related(row, metadata=metadata)

    def related(self, row: Row, metadata: bool = True) -> Row:
        """The row with `name` and its relations."""
        rows, uuid = self.session.rows, (row["uuid"],)
        row["name"] = f"instance-{row['id']:08x}"
        caches = rows(self._cache, uuid)
        row["info_cache"] = caches[0] if caches else None
        row["security_groups"] = groups = rows(self._groups, uuid)
        for group in groups:
            group["rules"] = []
        if groups:
            by_id = {group["id"]: group["rules"] for group in groups}
            for rule in rows(self._rules, uuid):
                by_id[rule["parent_group_id"]].append(rule)
        for key, text in self._pairs.items():
            row[key] = rows(text, uuid) if metadata else []
        return row

    def by_host(self, host: str) -> list[Row]:
        return self._all_related(self.session.rows(self._by_host, (host,)))

    def page(self, project: str, marker: str | None = None, limit: int = PAGE) -> list[Row]:
        """A page of a project in the default order, newest first."""
        if marker is None:
            return self._all_related(self.session.rows(self._first, (project, limit)))
        last = self.session.rows(self._marker, (marker, project))[0]
        at = self.session.time(last["created_at"])
        return self._all_related(self.session.rows(self._after, (project, at, at, last["id"], limit)))

    def _all_related(self, rows: list[Row]) -> list[Row]:
        by_uuid = {row["uuid"]: row for row in rows}
        for row in rows:
            row["name"] = f"instance-{row['id']:08x}"
            row["info_cache"] = None
            row["security_groups"], row["metadata"], row["system_metadata"] = [], [], []
        for cache in self._of("SELECT * FROM instance_info_caches WHERE instance_uuid {}", by_uuid):
            by_uuid[cache["instance_uuid"]]["info_cache"] = cache
        for group in self._of(self._listed_groups, by_uuid):
            by_uuid[group.pop("member")]["security_groups"].append(group)
        for key, table in _KINDS.items():
            for pair in self._of(
                f"SELECT * FROM {table} WHERE instance_uuid {{}} AND deleted = 0 ORDER BY id", by_uuid
            ):
                by_uuid[pair["instance_uuid"]][key].append(pair)
        return rows

    def _of(self, template: str, by_uuid: Mapping[str, Row]) -> list[Row]:
        """The rows that belong to some instances."""
        if not by_uuid:
            return []
        arrays = self.session.dialect == "postgresql"
        size = 1 if arrays else len(by_uuid)
        text = self._listed.get((template, size))
        if text is None:
            held = "= ANY(?)" if arrays else f"IN ({', '.join('?' * size)})"
            text = self._listed[template, size] = self.session.text(template.format(held))
        return self.session.rows(text, (list(by_uuid),) if arrays else list(by_uuid))


class Bare(Reads):
    """Reads, and writes in transactions."""

    def __init__(self, session: Floor) -> None:
        super().__init__(session)
        text = session.text
        returning = " RETURNING *" if session.returns else ""
        self._locked = self._instance if session.dialect == "sqlite" else f"{self._instance} FOR UPDATE"
        self._default = text("SELECT id FROM security_groups WHERE project_id = ? AND name = 'default' AND deleted = 0")
        cache = (
            "INSERT INTO instance_info_caches (instance_uuid, network_info, created_at, deleted) VALUES (?, ?, ?, 0)"
        )
        self._new_cache = text(cache)
        member = (
            "INSERT INTO security_group_instance_association (instance_uuid, security_group_id, created_at, deleted)"
        )
        self._new_member = text(f"{member} VALUES (?, ?, ?, 0)")
        self._new_mapping = text("INSERT INTO instance_id_mappings (uuid, created_at, deleted) VALUES (?, ?, 0)")
        pair = "INSERT INTO {} (instance_uuid, key, value, created_at, deleted) "
        pair += (
            "SELECT CAST(? AS text), t.k, t.v, CAST(? AS timestamp), 0"
            " FROM unnest(CAST(? AS text[]), CAST(? AS text[])) AS t (k, v)"
            if session.dialect == "postgresql"
            else "VALUES (?, ?, ?, ?, 0)"
        )
        self._new_pairs = {key: text(pair.format(table)) for key, table in _KINDS.items()}
        gone = "UPDATE {} SET deleted = id, deleted_at = ?, updated_at = updated_at WHERE {} = ? AND deleted = 0"
        owned = ("security_group_instance_association", "instance_info_caches", "instance_metadata", "instance_faults")
        self._gone = [text(gone.format(table, "instance_uuid")) for table in owned]
        self._instance_gone = text(gone.format("instances", "uuid"))
        self._lock = text(
            "SELECT id FROM instances WHERE uuid = ?" + ("" if session.dialect == "sqlite" else " FOR UPDATE")
        )
        self._pair_change = text("UPDATE instance_metadata SET value = ?, updated_at = ? WHERE id = ?")
        change = "UPDATE instances SET {} = ?, updated_at = ? WHERE uuid = ? AND deleted = 0 AND project_id = ?{}{}"
        self._change = {
            (column, guard): text(change.format(column, f" AND {guard} = ?" if guard else "", returning))
            for column, guard in (("progress", ""), ("progress", "vm_state"), ("task_state", "task_state"))
        }
        self._texts: dict[tuple[str, ...], str] = {}
        self._new_id = text("SELECT LAST_INSERT_ID() AS id")
        conflict = (
            "ON DUPLICATE KEY UPDATE version = version + 1"
            if session.dialect == "mysql"
            else "ON CONFLICT (project_id) DO UPDATE SET version = quota_locks.version + 1"
        )
        self._quota_lock = text(f"INSERT INTO quota_locks (project_id, version) VALUES (?, 1) {conflict}")
        user = "user_key" if session.dialect == "mysql" else "COALESCE(user_id, '')"
        figures = f"SELECT id, resource, in_use, reserved FROM quota_usages WHERE project_id = ? AND {user} IN (?, '')"
        self._usages = text(f"{figures} AND deleted = 0 ORDER BY id")
        self._figures = text(
            "UPDATE quota_usages SET in_use = ?, reserved = ?, updated_at = ? WHERE id = ? AND deleted = 0"
        )
        names = ("uuid", "usage_id", "project_id", "user_id", "resource", "delta", "expire", "created_at", "deleted")
        self._reserve = text(f"INSERT INTO reservations ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})")
        held = "SELECT r.id, r.delta, u.id AS usage_id, u.in_use, u.reserved FROM reservations AS r"
        held += f" JOIN quota_usages AS u ON u.id = r.usage_id WHERE r.uuid IN ({', '.join('?' * len(RESOURCES))})"
        self._reserved = text(f"{held} AND r.deleted = 0 ORDER BY r.id")
        closed = f"id IN ({', '.join('?' * len(RESOURCES))})"
        self._close = text(f"UPDATE reservations SET deleted = id, deleted_at = ? WHERE {closed} AND deleted = 0")

    def instance_create(self, values: Mapping[str, Any], project: str) -> Row:
        session, now = self.session, self.session.time(_now())
        columns = {name: value for name, value in values.items() if name not in _KINDS}
        uuid = columns["uuid"] = str(uuids.uuid4())
        columns |= {"created_at": now, "deleted": 0}
        text = self._texts.get(tuple(columns))
        if text is None:
            held = f"({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            text = self._texts[tuple(columns)] = session.text(f"INSERT INTO instances {held}")
        session.begin()
        group = session.rows(self._default, (project,))[0]["id"]
        session.run(text, tuple(columns.values()))
        session.run(self._new_cache, (uuid, None, now))
        for key in _KINDS:
            self._add_pairs(key, uuid, values[key], now)
        session.run(self._new_member, (uuid, group, now))
        session.run(self._new_mapping, (uuid, now))
        row = self.instance_get(uuid, project)
        session.commit()
        return row

    def _add_pairs(self, key: str, uuid: str, pairs: Mapping[str, str], now: Any) -> None:
        if self.session.dialect == "postgresql":
            self.session.run(self._new_pairs[key], (uuid, now, list(pairs), list(pairs.values())))
        else:
            self.session.many(self._new_pairs[key], [(uuid, name, value, now) for name, value in pairs.items()])

    def instance_destroy(self, uuid: str, project: str) -> Row:
        session, moment = self.session, _now()
        now = session.time(moment)
        session.begin()
        row = self.related(session.rows(self._locked, (uuid, project))[0])
        if not session.run(self._instance_gone, (now, uuid)):
            raise LookupError(uuid)
        for text in self._gone:
            session.run(text, (now, uuid))
        session.commit()
        for one in (row, row["info_cache"], *row["metadata"]):
            one["deleted"], one["deleted_at"] = one["id"], moment
        return row

    def instance_metadata_update(self, uuid: str, pairs: Mapping[str, str]) -> Mapping[str, str]:
        """New values for keys that are there."""
        session, now = self.session, self.session.time(_now())
        session.begin()
        session.rows(self._lock, (uuid,))
        rows = session.rows(self._pairs["metadata"], (uuid,))
        changed = [
            (pairs[row["key"]], now, row["id"]) for row in rows if row["value"] != pairs.get(row["key"], row["value"])
        ]
        session.many(self._pair_change, changed)
        session.commit()
        return pairs

    def instance_update(self, uuid: str, project: str, column: str, value: Any, **expected: Any) -> Row | None:
        """Change a column, if another one (or it itself) holds what is expected; None, and nothing done, if not."""
        session = self.session
        guard, seen = next(iter(expected.items())) if expected else ("", None)
        parameters = [value, session.time(_now()), uuid, project, *([seen] if guard else [])]
        session.begin()
        if session.returns:
            rows = session.rows(self._change[column, guard], parameters)
        else:
            matched = session.run(self._change[column, guard], parameters)
            rows = session.rows(self._instance, (uuid, project)) if matched else []
        row = self.related(rows[0]) if rows else None
        session.commit()
        return row

    def quota_reserve(
        self, project: str, deltas: Mapping[str, int], limits: Mapping[str, int], expire: Any
    ) -> list[str]:
        """Reserve all of the deltas, or nothing (an empty list) where a limit is in the way."""
        session, now = self.session, self.session.time(_now())
        names = [str(uuids.uuid4()) for _ in deltas]
        session.begin()
        session.run(self._quota_lock, (project,))
        usages = {row["resource"]: row for row in session.rows(self._usages, (project, "user"))}
        if any(usages[one]["in_use"] + usages[one]["reserved"] + delta > limits[one] for one, delta in deltas.items()):
            session.rollback()
            return []
        for resource, delta in deltas.items():
            usages[resource]["reserved"] += delta
        self._write(usages.values(), now)
        expire = session.time(expire)
        reservations = [
            (name, usages[resource]["id"], project, "user", resource, delta, expire, now, 0)
            for name, (resource, delta) in zip(names, deltas.items(), strict=True)
        ]
        session.many(self._reserve, reservations)
        session.commit()
        return names

    def _write(self, usages: Iterable[Row], now: Any) -> None:
        for row in usages:
            self.session.run(self._figures, (row["in_use"], row["reserved"], now, row["id"]))

    def reservation_commit(self, names: list[str], project: str) -> None:
        session, now = self.session, self.session.time(_now())
        session.begin()
        session.run(self._quota_lock, (project,))
        rows = session.rows(self._reserved, names)
        for row in rows:
            row["in_use"] += row["delta"]
            row["reserved"] -= row["delta"]
        self._write([{**row, "id": row["usage_id"]} for row in rows], now)
        if session.run(self._close, (now, *(row["id"] for row in rows))) != len(rows):
            raise LookupError(names)
        session.commit()
