"""The operations written by hand on the bare driver: what rawdb is measured against.

They return what rawdb's return, for a plain user of one project, and run a transaction again that the server refuses;
without rawdb's checks of values, its scopes and translated errors. The naive line and the floor are this code on
different sessions. Relations are read by statements of their own, the relations of a whole list by one each.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Mapping
from typing import Any

from bench.bare_quotas import Quotas
from bench.dataset import PAGE
from bench.sessions import Floor, LostRaceError, utcnow

Row = dict[str, Any]
_KINDS = {"metadata": "instance_metadata", "system_metadata": "instance_system_metadata"}


class UnexpectedStateError(Exception):
    """A row is not in the state that was expected; `actual` is what it is."""

    def __init__(self, actual: Any) -> None:
        super().__init__(actual)
        self.actual = actual


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
        self.quotas = Quotas(session)
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

    def instance_create(self, values: Mapping[str, Any], project: str) -> Row:
        session, now = self.session, self.session.time(utcnow())
        columns = {name: value for name, value in values.items() if name not in _KINDS}
        uuid = columns["uuid"] = str(uuids.uuid4())
        columns |= {"created_at": now, "deleted": 0}
        text = self._texts.get(tuple(columns))
        if text is None:
            held = f"({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            text = self._texts[tuple(columns)] = session.text(f"INSERT INTO instances {held}")

        def work() -> Row:
            group = session.rows(self._default, (project,))[0]["id"]
            session.run(text, tuple(columns.values()))
            session.run(self._new_cache, (uuid, None, now))
            for key in _KINDS:
                self._add_pairs(key, uuid, values[key], now)
            session.run(self._new_member, (uuid, group, now))
            session.run(self._new_mapping, (uuid, now))
            return self.instance_get(uuid, project)

        return session.transaction(work)

    def _add_pairs(self, key: str, uuid: str, pairs: Mapping[str, str], now: Any) -> None:
        if self.session.dialect == "postgresql":
            self.session.run(self._new_pairs[key], (uuid, now, list(pairs), list(pairs.values())))
        else:
            self.session.many(self._new_pairs[key], [(uuid, name, value, now) for name, value in pairs.items()])

    def instance_destroy(self, uuid: str, project: str) -> Row:
        session, moment = self.session, utcnow()
        now = session.time(moment)

        def work() -> Row:
            row = self.related(session.rows(self._locked, (uuid, project))[0])
            if not session.run(self._instance_gone, (now, uuid)):
                raise LostRaceError(uuid)
            for text in self._gone:
                session.run(text, (now, uuid))
            return row

        row = session.transaction(work)
        for one in (row, row["info_cache"], *row["metadata"]):
            one["deleted"], one["deleted_at"] = one["id"], moment
        return row

    def instance_metadata_update(self, uuid: str, pairs: Mapping[str, str]) -> Mapping[str, str]:
        """New values for keys that are there."""
        session, now = self.session, self.session.time(utcnow())

        def work() -> Mapping[str, str]:
            session.rows(self._lock, (uuid,))
            rows = session.rows(self._pairs["metadata"], (uuid,))
            changed = [
                (pairs[row["key"]], now, row["id"])
                for row in rows
                if row["value"] != pairs.get(row["key"], row["value"])
            ]
            session.many(self._pair_change, changed)
            return pairs

        return session.transaction(work)

    def instance_update(self, uuid: str, project: str, column: str, value: Any, **expected: Any) -> Row:
        """Change a column, if another one (or it itself) holds what is expected.

        One guarded UPDATE that commits by itself; the relations are read when the row is free again. Raises
        UnexpectedStateError.
        """
        session = self.session
        guard, seen = next(iter(expected.items())) if expected else ("", None)
        text = self._change[column, guard]
        parameters = [value, session.time(utcnow()), uuid, project, *([seen] if guard else [])]

        def work() -> list[Row]:
            if session.returns:
                return session.rows(text, parameters)
            return session.rows(self._instance, (uuid, project)) if session.run(text, parameters) else []

        def attempt() -> Row:
            rows = work()
            if rows:
                return self.related(rows[0])
            found = session.rows(self._instance, (uuid, project))
            if not found or not guard:
                raise LookupError(uuid)
            actual = found[0][guard]
            raise LostRaceError(uuid) if actual == seen else UnexpectedStateError(actual)

        return session.again(attempt)
