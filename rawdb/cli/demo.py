"""`rawdb demo`: a small cloud lives through a day, on a database of its own, and shows the SQL it uses."""

from __future__ import annotations

import tempfile
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import rawdb
from rawdb import api, migrate, timeutils
from rawdb.cli.output import Output
from rawdb.context import RequestContext, get_admin_context
from rawdb.dialects import parse_url
from rawdb.exceptions import InstanceInvalidState, OverQuota

_FLAVORS = [("m1.tiny", 512, 1, 1), ("m1.small", 2048, 1, 20), ("m1.medium", 4096, 2, 40)]
_LIMITS = {"instances": 6, "cores": 8, "ram": 16384}
_WORKERS = 24


class _Resource:
    """A countable resource as quota_reserve wants it: `sync` names the function that counts what is really there."""

    def __init__(self, sync: str) -> None:
        self.sync = sync


_RESOURCES = {name: _Resource("_sync_instances") for name in _LIMITS}


def run(url: str | None, output: Output) -> int:
    """Run the demo on `url`, or on a SQLite file that goes with it; 0 when all went as told."""
    if url is not None:
        _run(url, output)
        output.line(f"The database is yours to look at: {parse_url(url)}")
    else:
        with tempfile.TemporaryDirectory(prefix="rawdb-demo-") as folder:
            _run(f"sqlite:///{Path(folder) / 'cloud.db'}", output)
        output.line("Its database is gone; `rawdb demo --url sqlite:///cloud.db` makes one that you can look at.")
    output.line("Next: read sql/queries/*/instances.sql beside rawdb/operations/instances.py, then run `make test`.")
    return 0


def _run(url: str, output: Output) -> None:
    started = time.perf_counter()
    output.line(f"{output.bold('rawdb demo')} on {parse_url(url)}")
    rawdb.dispose()
    rawdb.configure(connection=url)
    try:
        _Demo(output, url).run()
    finally:
        rawdb.dispose()
    output.line()
    output.line(f"Done in {time.perf_counter() - started:.1f} s.")


class _Demo:
    """The scenario, one method a scene."""

    def __init__(self, output: Output, url: str) -> None:
        self._output = output
        self._url = url
        self._sent: list[str] = []
        self._admin = get_admin_context()
        # Each run is a project of its own, so that the demo can be repeated on a database that stays.
        self._project = f"demo-{time.time_ns() // 10**6 % 10**9}"
        self._user = RequestContext("alice", self._project, is_admin=False)

    def run(self) -> None:
        """All scenes in order."""
        self._schema()
        rawdb.default_database().observers.append(lambda name, text: self._sent.append(name))
        self._output.line(f"server: {rawdb.default_database().server_version()}")
        self._inventory()
        self._quotas()
        uuids = self._launch()
        self._race(uuids[0])
        self._over_quota()
        self._listing()
        self._cleanup(uuids)

    @contextmanager
    def _scene(self, title: str) -> Iterator[None]:
        self._output.heading(title)
        self._sent.clear()
        yield
        counts = Counter(name for name in self._sent if not name.isupper())
        used = ", ".join(f"{name} x{n}" if n > 1 else name for name, n in counts.items())
        for line in textwrap.wrap(f"SQL: {used}" if used else "", 110, subsequent_indent="     "):
            self._output.line(self._output.dim(f"  {line}"))

    def _schema(self) -> None:
        with self._scene("1. The schema, by yoyo"):
            started = time.perf_counter()
            migrate.upgrade(self._url)
            applied = migrate.version(self._url)
            self._output.line(f"  schema version {applied}, {time.perf_counter() - started:.1f} s")

    def _inventory(self) -> None:
        with self._scene("2. Hosts and flavors"):
            for host in ("rack1", "rack2"):
                self._service(f"{host}-{self._project}")
            existing = {flavor["name"] for flavor in api.flavor_get_all(self._admin)}
            for number, (name, ram, cpus, disk) in enumerate(_FLAVORS, 1):
                if name not in existing:
                    values = {"name": name, "memory_mb": ram, "vcpus": cpus, "root_gb": disk, "flavorid": str(number)}
                    api.flavor_create(self._admin, {**values, "ephemeral_gb": 0})
            flavors = api.flavor_get_all(self._admin)
            self._output.table(
                ["flavor", "vcpus", "memory MB", "root GB"],
                [[f["name"], f["vcpus"], f["memory_mb"], f["root_gb"]] for f in flavors],
            )

    def _service(self, host: str) -> None:
        api.service_create(self._admin, {"host": host, "binary": "nova-compute", "topic": "compute", "report_count": 0})

    def _quotas(self) -> None:
        with self._scene(f"3. Quotas of project {self._project}"):
            for resource, limit in _LIMITS.items():
                api.quota_create(self._admin, self._project, resource, limit)
            limits = api.quota_get_all_by_project(self._admin, self._project)
            self._output.table(["resource", "limit"], [[name, limits[name]] for name in _LIMITS])

    def _reserve(self, **deltas: int) -> list[str]:
        expire = timeutils.utcnow() + timedelta(hours=1)
        return api.quota_reserve(self._user, _RESOURCES, _LIMITS, _LIMITS, deltas, expire, 0, 0)

    def _launch(self) -> list[str]:
        with self._scene("4. Five instances, each under a reservation"):
            uuids = []
            for number in range(1, 6):
                reservations = self._reserve(instances=1, cores=1, ram=2048)
                instance = api.instance_create(self._user, self._instance(number))
                api.reservation_commit(self._user, reservations)
                uuids.append(instance["uuid"])
            self._show_usage()
            return uuids

    def _instance(self, number: int) -> dict[str, Any]:
        return {
            "display_name": f"web-{number}",
            "hostname": f"web-{number}",
            "project_id": self._project,
            "user_id": "alice",
            "host": f"rack{number % 2 + 1}",
            "vm_state": "active",
            "memory_mb": 2048,
            "vcpus": 1,
            "metadata": {"role": "web", "number": number},
        }

    def _show_usage(self) -> None:
        usages = api.quota_usage_get_all_by_project(self._admin, self._project)
        rows = [[name, usages[name]["in_use"], usages[name]["reserved"], _LIMITS[name]] for name in _LIMITS]
        self._output.table(["resource", "in use", "reserved", "limit"], rows)

    def _race(self, uuid: str) -> None:
        with self._scene(f"5. {_WORKERS} workers want to reboot the same instance"):
            outcomes = _together(_WORKERS, lambda: self._claim(uuid))
            won = outcomes.count("won")
            refused = outcomes.count("refused")
            self._output.line(f"  {won} won, {refused} were refused: instance_test_and_set is one guarded UPDATE")
            if won != 1:
                raise AssertionError(f"{won} workers won")

    def _claim(self, uuid: str) -> str:
        context = RequestContext("alice", self._project, is_admin=False)
        try:
            api.instance_test_and_set(context, uuid, "task_state", [None], "rebooting")
        except InstanceInvalidState:
            return "refused"
        return "won"

    def _over_quota(self) -> None:
        with self._scene("6. More than the quota allows"):
            try:
                self._reserve(instances=3, cores=3, ram=6144)
            except OverQuota as error:
                figures = error.kwargs
                self._output.line(f"  refused: {error}")
                rows = [
                    [name, figures["quotas"][name], figures["usages"][name]["in_use"], figures["headroom"][name]]
                    for name in figures["overs"]
                ]
                self._output.table(["over quota", "limit", "in use", "headroom"], rows)
            else:
                raise AssertionError("the reservation was granted")

    def _listing(self) -> None:
        with self._scene("7. Instances with role web on either rack, two to a page"):
            filters = {"metadata": {"role": "web"}, "host": ["rack1", "rack2"], "deleted": False}
            rows = [
                [number, row["id"], row["display_name"], row["host"], row["vm_state"], row["task_state"]]
                for number, page in enumerate(self._pages(filters), 1)
                for row in page
            ]
            self._output.table(["page", "id", "name", "host", "state", "task"], rows)

    def _pages(self, filters: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        marker = None
        while page := api.instance_get_all_by_filters(
            self._user, filters, sort_key="display_name", sort_dir="asc", limit=2, marker=marker
        ):
            yield page
            marker = page[-1]["uuid"]

    def _cleanup(self, uuids: list[str]) -> None:
        with self._scene("8. Everything is deleted, and the quota is given back"):
            for uuid in uuids:
                reservations = self._reserve(instances=-1, cores=-1, ram=-2048)
                api.instance_destroy(self._user, uuid)
                api.reservation_commit(self._user, reservations)
            self._show_usage()
            for service in api.service_get_all(self._admin):
                if service["host"].endswith(self._project):
                    api.service_destroy(self._admin, service["id"])


def _together(count: int, work: Callable[[], str]) -> list[str]:
    """Run `work` in `count` threads that start at once; their results."""
    barrier = threading.Barrier(count)
    results: list[str] = []
    errors: list[BaseException] = []

    def one() -> None:
        barrier.wait()
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
