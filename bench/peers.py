"""`python -m bench.peers`: nova and manila on SQLAlchemy beside rawdb, in an environment that has all three.

`make bench-peers` makes that environment. Each has a database of its own with the same rows.
"""

from __future__ import annotations

import argparse
import itertools
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import rawdb
from bench import report, settings
from bench.__main__ import keep, kept
from bench.databases import loaded, server, use
from bench.dataset import RESOURCES, Dataset
from bench.operations import DELTAS, EXPIRE, NEW_INSTANCE, UNLIMITED, VARYING, cases
from bench.sessions import Floor
from bench.timing import in_turns, ratio, summary
from rawdb.dialects import parse_url
from rawdb.testing.databases import temporary_database

warnings.simplefilter("ignore")
# nova cannot read the addresses that psycopg 3 gives it: these are the drivers that both are run with.
_SCHEMES = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
_PAIRS = ("metadata", "system_metadata")
Calls = dict[str, Callable[[], Any]]


def main() -> None:
    """Measure on each dialect asked for, and add what was found to the results."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--dialect", default="sqlite", help="one: both bind their database once in a process")
    parser.add_argument("--instances", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--peer", choices=("nova", "manila"), required=True, help="one: their options clash")
    parser.add_argument("--only", default="", help="operations whose names contain this")
    parser.add_argument("--dry", action="store_true")
    options = parser.parse_args()
    data = Dataset(options.instances, doomed=2 * 10 * (options.rounds + 4))
    with server(options.dialect) as url, loaded(url, data) as ours:
        use(ours)
        with temporary_database(url) as theirs:
            calls = _nova(theirs, data) if options.peer == "nova" else _manila(theirs)
            calls = {name: call for name, call in calls.items() if options.only in name}
            found = _beside(options.peer, calls, data, options.rounds)
        rawdb.dispose()
    if not options.dry:
        before = kept().get("peers", {}).get(options.dialect, {})
        keep({"peers": {options.dialect: {**before, **found}}, "peer settings": {options.dialect: _settings(data)}})
        report.write(kept())


def _settings(data: Dataset) -> dict[str, Any]:
    names = ("nova", "manila", "SQLAlchemy", "psycopg2-binary", "PyMySQL")
    return {
        "versions": ", ".join(f"{name} {version(name)}" for name in names),
        **settings.conditions(data.size),
    }


def _beside(peer: str, calls: Calls, data: Dataset, rounds: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for case in cases(data):
        theirs = calls.get(case.name)
        if theirs is None:
            continue
        differs = _difference(case.rawdb(), theirs(), case.exact)
        assert not differs, f"{case.name}: {differs}"
        taken = in_turns({"rawdb": case.rawdb, peer: theirs}, rounds, case.most)
        one: dict[str, Any] = {
            name: {kind: summary(values) for kind, values in kinds.items()} for name, kinds in taken.items()
        }
        one[f"{peer}/rawdb"] = {kind: ratio(taken[peer][kind], taken["rawdb"][kind]) for kind in ("cpu", "wall")}
        found[case.name] = one
        faster = "; ".join(f"{one[f'{peer}/rawdb'][kind]['median']:.1f}" for kind in ("cpu", "wall"))
        print(f"{case.name:40} {peer} takes {faster} times as long (CPU; wall)", flush=True)
    return found


def _difference(ours: Any, theirs: Any, exact: bool, where: str = "") -> str:
    """The first place where a peer's result shows something else than rawdb's, as far as both have it.

    Columns and metadata are compared; a None of the peer's is a result that cannot be read.
    """
    if theirs is None:
        return ""
    if isinstance(ours, list):
        if len(ours) != len(theirs):
            return f"{where}: {len(ours)} and {len(theirs)} rows"
        pairs_ = enumerate(zip(ours, theirs, strict=True))
        return next((found for n, (a, b) in pairs_ if (found := _difference(a, b, exact, f"{where}[{n}]"))), "")
    if not isinstance(ours, dict):
        return "" if ours == theirs else f"{where}: {ours!r} and {theirs!r}"
    shown = theirs if isinstance(theirs, dict) else {name: theirs[name] for name in theirs.__table__.columns.keys()}  # noqa: SIM118 - iterated, they are columns
    for key, value in ours.items():
        if key in _PAIRS and value and key in theirs:
            value, other = _pairs(value), _pairs(theirs[key])
        elif key in shown and not isinstance(value, (dict, list)) and (exact or key not in VARYING):
            other = shown[key]
        else:
            continue
        if value != other and not (key == "deleted" and not exact):
            return f"{where}.{key}: {value!r} and {other!r}"
    return ""


def _pairs(rows: Any) -> dict[str, str]:
    return {row["key"]: row["value"] for row in rows}


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

    def create() -> Any:
        return db.instance_create(made, {**NEW_INSTANCE, "security_groups": ["default"]})

    # Each with a counter of its own, so that both destroy instances that are there.
    victims = Dataset(data.size, doomed=data.total - data.size)

    # What these return can be read no more: it is detached from its session.
    def destroy() -> None:
        db.instance_destroy(doomed, victims.next_doomed())

    def update() -> None:
        db.instance_update(user, uuid, {"progress": next(steps)})

    page = {"filters": {"deleted": False}, "limit": 100}
    return {
        "instance_get_by_uuid, metadata": lambda: db.instance_get_by_uuid(user, uuid),
        "instance_get_by_uuid, no metadata": lambda: db.instance_get_by_uuid(user, uuid, columns_to_join=[]),
        "instance_get_all_by_host, 100": lambda: db.instance_get_all_by_host(admin, "host1"),
        "instance_get_all_by_filters, first 100": lambda: db.instance_get_all_by_filters(user, **page),
        "instance_get_all_by_filters, last 100": lambda: db.instance_get_all_by_filters(user, **page, marker=last),
        "instance_create, 33 metadata": create,
        "instance_destroy": destroy,
        "instance_metadata_update, 3 keys": lambda: db.instance_metadata_update(
            user, uuid, dict.fromkeys(("key0", "key1", "key2"), f"value {next(steps)}"), False
        ),
        "instance_update, 1 column": update,
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
    # Its migrations open two connections at once, which SQLite does not allow, and not all of its models are for
    # PostgreSQL; those of the quotas are the same schema.
    for name in ("quotas", "project_user_quotas", "quota_classes", "quota_usages", "reservations"):
        models.BASE.metadata.tables[name].create(db.get_engine())
    user = context.RequestContext("user", "large", is_admin=True)
    for resource in RESOURCES:
        db.quota_create(user, "large", resource, 10)

    def nothing(*_: Any, **__: Any) -> dict[str, int]:
        return dict.fromkeys(RESOURCES, 0)

    db.QUOTA_SYNC_FUNCTIONS["_sync_nothing"] = nothing
    resources = {name: ReservableResource(name, "_sync_nothing") for name in RESOURCES}

    def cycle() -> int:
        names = db.quota_reserve(
            user, resources, UNLIMITED, UNLIMITED, None, DELTAS, EXPIRE, None, None, project_id="large", user_id="user"
        )
        db.reservation_commit(user, names, project_id="large", user_id="user")
        return len(names)

    return {
        "quota_get_all_by_project": lambda: db.quota_get_all_by_project(user, "large"),
        "quota_reserve and reservation_commit": cycle,
    }


if __name__ == "__main__":
    main()
