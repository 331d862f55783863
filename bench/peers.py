"""`python -m bench.peers`: nova and manila on SQLAlchemy beside rawdb, in an environment that has all three.

`make bench-peers` makes that environment. Each has a database of its own with the same rows.
"""

from __future__ import annotations

import argparse
import itertools
import warnings
from collections.abc import Callable
from typing import Any

import rawdb
from bench import report
from bench.__main__ import keep, kept
from bench.databases import loaded, server, use
from bench.dataset import RESOURCES, Dataset, pairs
from bench.operations import DELTAS, EXPIRE, UNLIMITED, cases
from bench.sessions import Floor
from bench.timing import in_turns, ratio, summary
from rawdb.dialects import parse_url
from rawdb.testing.databases import temporary_database

warnings.simplefilter("ignore")
_SCHEMES = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
Calls = dict[str, Callable[[], Any]]


def main() -> None:
    """Measure on each dialect asked for, and add what was found to the results."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--dialect", default="sqlite", help="one: both bind their database once in a process")
    parser.add_argument("--instances", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--peer", choices=("nova", "manila"), required=True, help="one: their options clash")
    parser.add_argument("--dry", action="store_true")
    options = parser.parse_args()
    data = Dataset(options.instances, doomed=2 * 10 * (options.rounds + 4))
    with server(options.dialect) as url, loaded(url, data) as ours:
        use(ours)
        with temporary_database(url) as theirs:
            calls = _nova(theirs, data) if options.peer == "nova" else _manila(theirs)
            found = _beside(options.peer, calls, data, options.rounds)
        rawdb.dispose()
    if not options.dry:
        before = kept().get("peers", {}).get(options.dialect, {})
        keep({"peers": {options.dialect: {**before, **found}}})
        report.write(kept())


def _beside(peer: str, calls: Calls, data: Dataset, rounds: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for case in cases(data):
        theirs = calls.get(case.name)
        if theirs is None:
            continue
        taken = in_turns({"rawdb": case.rawdb, peer: theirs}, rounds, case.most)
        one: dict[str, Any] = {
            name: {kind: summary(values) for kind, values in kinds.items()} for name, kinds in taken.items()
        }
        one[f"{peer}/rawdb"] = {kind: ratio(taken[peer][kind], taken["rawdb"][kind]) for kind in ("cpu", "wall")}
        found[case.name] = one
        faster = "; ".join(f"{one[f'{peer}/rawdb'][kind]['median']:.1f}" for kind in ("cpu", "wall"))
        print(f"{case.name:40} {peer} takes {faster} times as long (CPU; wall)", flush=True)
    return found


def _url(url: str) -> str:
    scheme = _SCHEMES[parse_url(url).dialect]
    return f"{scheme}{url[url.index(':') :]}"


def _nova(url: str, data: Dataset) -> Calls:
    import nova.conf
    import nova.db.main.api as db
    from nova import context
    from nova.db import migration
    from oslo_config import cfg

    conf = nova.conf.CONF
    # nova asks for the options of osprofiler, which it does not install.
    switches = [cfg.BoolOpt("enabled", default=False), cfg.BoolOpt("trace_sqlalchemy", default=False)]
    conf.register_opts(switches, group="profiler")
    conf([], project="nova", default_config_files=[])
    conf.set_override("connection", _url(url), group="database")
    conf.set_override("sqlite_synchronous", False, group="database")
    db.configure(conf)
    migration.db_sync(database="main")
    session = Floor(url)
    data.load(session, "nova")
    session.close()
    user = context.RequestContext("user", "large", is_admin=False)
    made = context.RequestContext("user", "made", is_admin=False)
    doomed, admin = context.RequestContext("user", "doomed", is_admin=False), context.get_admin_context()
    uuid, last = data.any_uuid(), data.last_marker("large")
    steps = itertools.count()
    values = {
        "project_id": "made", "user_id": "user", "image_ref": "4f1b7c6e-8d4e-4d3e-9b1a-5a1f0c9d7e21",
        "hostname": "vm", "display_name": "machine", "memory_mb": 2048, "vcpus": 2, "root_gb": 20,
        "vm_state": "building", "instance_type_id": 5, "launch_index": 0, "reservation_id": "r-12345678",
    }  # fmt: skip

    def create() -> Any:
        lists = {"metadata": pairs("key", 3), "system_metadata": pairs("key", 30), "security_groups": ["default"]}
        return db.instance_create(made, {**values, **lists})

    # Each with a counter of its own, so that both destroy instances that are there.
    victims = Dataset(data.size, doomed=data.total - data.size)
    page = {"filters": {"deleted": False}, "limit": 100}
    return {
        "instance_get_by_uuid, metadata": lambda: db.instance_get_by_uuid(user, uuid),
        "instance_get_by_uuid, no metadata": lambda: db.instance_get_by_uuid(user, uuid, columns_to_join=[]),
        "instance_get_all_by_host, 100": lambda: db.instance_get_all_by_host(admin, "host1"),
        "instance_get_all_by_filters, first 100": lambda: db.instance_get_all_by_filters(user, **page),
        "instance_get_all_by_filters, last 100": lambda: db.instance_get_all_by_filters(user, **page, marker=last),
        "instance_create, 33 metadata": create,
        "instance_destroy": lambda: db.instance_destroy(doomed, victims.next_doomed()),
        "instance_metadata_update, 3 keys": lambda: db.instance_metadata_update(
            user, uuid, dict.fromkeys(("key0", "key1", "key2"), f"value {next(steps)}"), False
        ),
        "instance_update, 1 column": lambda: db.instance_update(user, uuid, {"progress": next(steps)}),
        "service_get_all, 104": lambda: db.service_get_all(admin),
    }


def _manila(url: str) -> Calls:
    import manila.db.sqlalchemy.api as db
    from manila import context
    from manila.db.sqlalchemy import models
    from manila.quota import ReservableResource
    from oslo_config import cfg

    conf = cfg.CONF
    conf([], project="manila", default_config_files=[])
    conf.set_override("connection", _url(url), group="database")
    # Its migrations open two connections at once, which SQLite does not allow; the models are the same schema.
    models.BASE.metadata.create_all(db.get_engine())
    user = context.RequestContext("user", "large", is_admin=True)
    for resource in RESOURCES:
        db.quota_create(user, "large", resource, 10)

    def nothing(*_: Any, **__: Any) -> dict[str, int]:
        return dict.fromkeys(RESOURCES, 0)

    db.QUOTA_SYNC_FUNCTIONS["_sync_nothing"] = nothing
    resources = {name: ReservableResource(name, "_sync_nothing") for name in RESOURCES}

    def cycle() -> None:
        names = db.quota_reserve(
            user, resources, UNLIMITED, UNLIMITED, None, DELTAS, EXPIRE, None, None, project_id="large", user_id="user"
        )
        db.reservation_commit(user, names, project_id="large", user_id="user")

    return {
        "quota_get_all_by_project": lambda: db.quota_get_all_by_project(user, "large"),
        "quota_reserve and reservation_commit": cycle,
    }


if __name__ == "__main__":
    main()
