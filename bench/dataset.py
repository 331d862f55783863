"""The rows that everything is measured on, made by the server itself from a table of numbers.

`size` instances: every second one belongs to project `large`, 100 of them to project `small`, the others to `middle`;
100 stand on each host. Each has an info cache, three metadata and `system_metadata` system metadata rows, and is in
the group `default` of its project, which has four rules. Behind them come instances of project `doomed`, to be
destroyed. Besides: 104 services, 1,000 key pairs, ten limits of project `large`, usages of 1,002 projects.
"""

from __future__ import annotations

import random
import re

from bench.indexes import without_indexes
from bench.sessions import Floor

PAGE = 100
SERVICES = 104
QUOTA_PROJECTS = 1000
RESOURCES = ("instances", "cores", "ram")
_LIMITED = (
    *RESOURCES,
    "floating_ips",
    "fixed_ips",
    "metadata_items",
    "injected_files",
    "key_pairs",
    "volumes",
    "shares",
)
_PROJECTS = ("large", "small", "middle", "doomed", "made")
_PRIME, _FACTOR = 99999999977, 48271

_TIMES = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', '2026-01-01', '+' || n || ' seconds') || '.000000'",
    "postgresql": "timestamp '2026-01-01 00:00:00' + n * interval '1 second'",
    "mysql": "'2026-01-01 00:00:00' + INTERVAL n SECOND",
}
# Scattered as random ones are, so that neighbours in time are none in the index.
_UUID = f"'00000000-0000-4000-8000-' || CAST(100000000000 + MOD(n * {_FACTOR}, {_PRIME}) AS CHAR(12))"
_INSTANCES = """
INSERT INTO instances (uuid, project_id, user_id, image_ref, hostname, display_name, host, node, vm_state, power_state,
                       memory_mb, vcpus, root_gb, ephemeral_gb, instance_type_id, launch_index, locked, progress,
                       reservation_id, launched_at, created_at, deleted)
SELECT {uuid}, {project}, 'user', '4f1b7c6e-8d4e-4d3e-9b1a-5a1f0c9d7e21', 'vm-' || n, 'machine ' || n,
       'host' || MOD(n, {hosts}), 'node' || MOD(n, {hosts}), 'active', 1, 2048, 2, 20, 0, 5, 0, {false}, 0,
       'r-12345678', {time}, {time}, 0
  FROM bench_numbers
 WHERE n < {total}
 ORDER BY n
"""
_CACHES = """
INSERT INTO instance_info_caches (instance_uuid, network_info, created_at, deleted)
SELECT {uuid}, '[{{"id": "eth0", "address": "fa:16:3e:00:00:00", "network": {{"label": "private", "subnets": '
               || '[{{"cidr": "10.0.0.0/8", "ips": [{{"address": "10.0.0.3", "type": "fixed"}}]}}]}}}}]', {time}, 0
  FROM bench_numbers
 WHERE n < {total}
"""
_MAPPINGS = """
INSERT INTO instance_id_mappings (uuid, created_at, deleted)
SELECT {uuid}, {time}, 0
  FROM bench_numbers
 WHERE n < {total}
"""
_MEMBERS = """
INSERT INTO security_group_instance_association (security_group_id, instance_uuid, created_at, deleted)
SELECT g.id, i.uuid, i.created_at, 0
  FROM instances AS i
  JOIN security_groups AS g
    ON g.project_id = i.project_id
"""
# Pairs of one instance are stored together, as instance_create does.
_PAIRS = """
INSERT INTO {table} (instance_uuid, {key}, value, created_at, deleted)
SELECT {uuid}, 'key' || k.k, 'value of key ' || k.k, {time}, 0
  FROM bench_numbers
  JOIN bench_keys AS k
    ON k.k < {pairs}
 WHERE n < {total}
 ORDER BY n, k.k
"""
#: The tables that grow with the instances.
_LARGE = (
    "instances",
    "instance_info_caches",
    "instance_id_mappings",
    "security_group_instance_association",
    "instance_metadata",
    "instance_system_metadata",
)


def uuid_of(number: int) -> str:
    """The uuid of an instance of the dataset."""
    return f"00000000-0000-4000-8000-{100000000000 + number * _FACTOR % _PRIME}"


def pairs(prefix: str, count: int) -> dict[str, str]:
    """Metadata as new instances get them."""
    return {f"{prefix}{number}": f"value of {prefix}{number}" for number in range(count)}


class Dataset:
    """Where what is measured is found."""

    def __init__(self, size: int, system_metadata: int = 30, doomed: int = 0, metadata: int = 3) -> None:
        self.size = max(size, 10 * PAGE)
        self.metadata = metadata
        self.system_metadata = system_metadata
        self.total = self.size + doomed
        self.hosts = self.size // PAGE
        self._doomed = iter(range(self.size, self.total))
        self._any = 2 * random.Random(7).randrange(self.size // 2)
        #: 100 instances of the small project, every so many of the others.
        self.step = self.size // PAGE

    def any_uuid(self) -> str:
        """The uuid of an instance of project `large`, always the same."""
        return uuid_of(self._any)

    def next_doomed(self) -> str:
        """The uuid of an instance that was not destroyed yet."""
        return uuid_of(next(self._doomed))

    def last_marker(self, project: str) -> str:
        """The uuid behind which the last page of a project begins; pages of `small` hold 50."""
        numbers = [n for n in range(0, 3 * self.step * PAGE, 1) if self._project(n) == project][: PAGE + 1]
        return uuid_of(numbers[PAGE] if project == "large" else numbers[PAGE // 2])

    def _project(self, number: int) -> str:
        if number % self.step == 1:
            return "small"
        return "large" if number % 2 == 0 else "middle"

    def load(self, session: Floor, schema: str = "rawdb") -> None:
        """Make all rows of an empty schema: rawdb's, or `nova`'s, which holds the same but for quotas and key pairs."""
        words = {
            "uuid": _UUID,
            "time": _TIMES[session.dialect],
            "total": self.total,
            "hosts": self.hosts,
            "false": "false",
            "key": "`key`" if session.dialect == "mysql" else "key",
            "project": f"CASE WHEN n >= {self.size} THEN 'doomed' WHEN MOD(n, {self.step}) = 1 THEN 'small'"
            " WHEN MOD(n, 2) = 0 THEN 'large' ELSE 'middle' END",
        }
        _hasten(session)
        for text in (
            "CREATE TABLE bench_numbers (n BIGINT PRIMARY KEY)",
            "CREATE TABLE bench_keys (k INT PRIMARY KEY)",
        ):
            session.run(text)
        with without_indexes(session, _LARGE):
            session.begin()
            self._numbers(session)
            self._small(session, schema)
            for text in (_INSTANCES, _CACHES, _MAPPINGS, _MEMBERS):
                session.run(_in_dialect(session, text.format(**words)))
            pairs_of = {"instance_metadata": self.metadata, "instance_system_metadata": self.system_metadata}
            for table, count in pairs_of.items():
                session.run(_in_dialect(session, _PAIRS.format(table=table, pairs=count, **words)))
            session.commit()
        session.run("DROP TABLE bench_numbers")
        session.run("DROP TABLE bench_keys")
        _analyze(session)

    def _numbers(self, session: Floor) -> None:
        session.insert("bench_keys", [{"k": number} for number in range(100)])
        session.run("INSERT INTO bench_numbers (n) VALUES (0)")
        known = 1
        while known < self.total:
            session.run(f"INSERT INTO bench_numbers (n) SELECT n + {known} FROM bench_numbers")
            known *= 2

    def _small(self, session: Floor, schema: str) -> None:
        """Everything that does not grow with the instances."""
        at = {"created_at": session.time("2026-01-01 00:00:00.000000"), "deleted": 0}
        user = {"user_id": "user"}
        groups = [{**at, **user, "name": "default", "description": "default", "project_id": one} for one in _PROJECTS]
        session.insert("security_groups", groups)
        rule = {**at, "protocol": "tcp", "cidr": "0.0.0.0/0"}
        ids = [row["id"] for row in session.rows("SELECT id FROM security_groups ORDER BY id")]
        rules = [
            {**rule, "parent_group_id": one, "from_port": p, "to_port": p} for one in ids for p in (22, 80, 443, 8080)
        ]
        session.insert("security_group_rules", rules)
        daemon = {**at, "binary": "nova-compute", "topic": "compute", "report_count": 0, "disabled": False}
        if schema == "nova":
            daemon |= {"version": 70, "forced_down": False}
        session.insert("services", [{**daemon, "host": f"host{number}"} for number in range(SERVICES)])
        if schema == "nova":
            session.insert(
                "quotas", [{**at, "project_id": "large", "resource": one, "hard_limit": 10} for one in _LIMITED]
            )
            return
        key = {**at, "name": "key", "fingerprint": "aa:bb", "public_key": "ssh-rsa " + "A" * 372}
        session.insert("key_pairs", [{**key, "user_id": f"user{number}"} for number in range(1000)])
        session.insert("quotas", [{**at, "project_id": "large", "resource": one, "hard_limit": 10} for one in _LIMITED])
        usage = {**at, **user, "in_use": 0, "reserved": 0, "updated_at": at["created_at"]}
        projects = ["large", "hot", *(f"q{number}" for number in range(QUOTA_PROJECTS))]
        session.insert(
            "quota_usages", [{**usage, "project_id": one, "resource": name} for one in projects for name in RESOURCES]
        )
        session.insert("quota_locks", [{"project_id": one, "version": 1} for one in projects])


def _hasten(session: Floor) -> None:
    """Settings for a database that nobody else has yet; those of SQLite's file are set back by `_analyze`."""
    if session.dialect == "mysql":
        session.run("SET SESSION sql_mode = 'TRADITIONAL,PIPES_AS_CONCAT', unique_checks = 0, foreign_key_checks = 0")
    elif session.dialect == "postgresql":
        session.run("SET maintenance_work_mem = '256MB'")
    else:
        session.rows("PRAGMA journal_mode = OFF")
        session.run("PRAGMA cache_size = -262144")


def _in_dialect(session: Floor, text: str) -> str:
    """SQLite has an operator for what the others have a function for, too; PyMySQL would take it for a placeholder."""
    return re.sub(r"MOD\((.+?), (.+?)\)", r"(\1 % \2)", text) if session.dialect == "sqlite" else text


def _analyze(session: Floor) -> None:
    tables = ("instances", "instance_metadata", "instance_system_metadata", "instance_info_caches", "quota_usages")
    if session.dialect == "postgresql":
        session.run("VACUUM ANALYZE")
    elif session.dialect == "mysql":
        session.rows(f"ANALYZE TABLE {', '.join(tables)}")
    else:
        session.run("ANALYZE")
        session.rows("PRAGMA journal_mode = WAL")
