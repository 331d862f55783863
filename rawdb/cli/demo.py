"""`rawdb demo`: a small cloud lives through a day, on a database of its own, and shows the SQL it uses."""

from __future__ import annotations

import signal
import sys
import tempfile
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import rawdb
from rawdb import api, migrate, timeutils
from rawdb.cli.output import Output
from rawdb.context import RequestContext, get_admin_context
from rawdb.dialects import parse_url
from rawdb.exceptions import InstanceInvalidState, NoMoreFixedIps, OverQuota
from rawdb.rows import ListedInstance

_FLAVORS = [("m1.tiny", 512, 1, 1), ("m1.small", 2048, 1, 20), ("m1.medium", 4096, 2, 40)]
_LIMITS = {"instances": 6, "cores": 8, "ram": 16384}
_SHARE_LIMITS = {"shares": 2, "snapshots": 2, "gigabytes": 20}
_ALL_LIMITS = {**_LIMITS, **_SHARE_LIMITS}
_WORKERS = 24


class _Resource:
    """A countable resource as quota_reserve wants it: `sync` names the function that counts what is really there."""

    def __init__(self, sync: str) -> None:
        self.sync = sync


_RESOURCES = {
    **{name: _Resource("_sync_instances") for name in _LIMITS},
    **{name: _Resource(f"_sync_{name}") for name in _SHARE_LIMITS},
}


def run(url: str | None, output: Output) -> int:
    """Run the demo on `url`, or on a SQLite file that goes with it; 0 when all went as told."""
    if url is not None:
        _run(url, output)
        output.line(f"The database is yours to look at: {parse_url(url)}")
    else:
        with _exit_on_sigterm(), tempfile.TemporaryDirectory(prefix="rawdb-demo-") as folder:
            _run(f"sqlite:///{Path(folder) / 'cloud.db'}", output)
        output.line("Its database is gone; `rawdb demo --url sqlite:///cloud.db` makes one that you can look at.")
    output.line("Next: read sql/queries/*/instances.sql beside rawdb/operations/instances/, then run `make test`.")
    return 0


@contextmanager
def _exit_on_sigterm() -> Iterator[None]:
    """An end from outside goes the way of every other end, and takes the demo's folder along."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
        number = time.time_ns() // 10**6 % 10**9
        self._project = f"demo-{number}"
        self._subnet = f"{number // 2**8 % 2**8}.{number % 2**8}"
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
        self._addresses(uuids)
        self._share()
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
            for resource, limit in _ALL_LIMITS.items():
                api.quota_create(self._admin, self._project, resource, limit)
            limits = api.quota_get_all_by_project(self._admin, self._project)
            self._output.table(["resource", "limit"], [[name, limits[name]] for name in _ALL_LIMITS])

    def _reserve(self, **deltas: int) -> list[str]:
        expire = timeutils.utcnow() + timedelta(hours=1)
        return api.quota_reserve(self._user, _RESOURCES, _ALL_LIMITS, _ALL_LIMITS, deltas, expire, 0, 0)

    @contextmanager
    def _reserved(self, **deltas: int) -> Iterator[None]:
        """What the block makes or deletes, under a reservation: committed at its end, rolled back on an error."""
        reservations = self._reserve(**deltas)
        try:
            yield
        except BaseException:
            api.reservation_rollback(self._user, reservations)
            raise
        api.reservation_commit(self._user, reservations)

    def _launch(self) -> list[str]:
        with self._scene("4. Five instances, each under a reservation"):
            uuids = []
            for number in range(1, 6):
                with self._reserved(instances=1, cores=1, ram=2048):
                    uuids.append(str(api.instance_create(self._user, self._instance(number))["uuid"]))
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
            outcomes = _together([lambda: self._claim(uuid)] * _WORKERS)
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

    def _pages(self, filters: dict[str, Any]) -> Iterator[list[ListedInstance]]:
        marker = None
        while page := api.instance_get_all_by_filters(
            self._user, filters, sort_key="display_name", sort_dir="asc", limit=2, marker=marker
        ):
            yield page
            marker = page[-1]["uuid"]

    def _addresses(self, uuids: list[str]) -> None:
        with self._scene("8. Five addresses, and six who want one"):
            network = api.network_create_safe(self._admin, {"label": "web", "cidr": f"10.{self._subnet}.0/29"})
            free = [f"10.{self._subnet}.{number}" for number in range(1, len(uuids) + 1)]
            api.fixed_ip_bulk_create(self._admin, [{"address": one, "network_id": network["id"]} for one in free])
            callers = [*uuids, uuids[0]]
            outcomes = _together([self._wants_address(network["id"], caller) for caller in callers])
            got = sorted(address for address in outcomes if address != "none left")
            self._output.line(
                f"  {len(got)} got an address of their own, {len(callers) - len(got)} was told that none is left"
            )
            if got != free:
                raise AssertionError(f"of {free} were given {got}")
            self._floating(got[0])
            for address in got:
                api.fixed_ip_disassociate(self._admin, address)
            api.network_delete_safe(self._admin, network["id"])

    def _wants_address(self, network_id: int, instance_uuid: str) -> Callable[[], str]:
        def claim() -> str:
            try:
                return str(api.fixed_ip_associate_pool(get_admin_context(), network_id, instance_uuid)["address"])
            except NoMoreFixedIps:
                return "none left"

        return claim

    def _floating(self, fixed_address: str) -> None:
        """The project takes a public address and has it lead to a fixed one; then all of that backwards."""
        pool = f"public-{self._project}"
        api.floating_ip_create(self._admin, {"address": f"198.18.{self._subnet}", "pool": pool})
        address = api.floating_ip_allocate_address(self._user, self._project, pool) or ""
        api.floating_ip_fixed_ip_associate(self._user, address, fixed_address, "rack1")
        row = api.floating_ip_get_by_address(self._user, address)
        fixed = row["fixed_ip"]
        instance = fixed["instance"] if fixed else None
        assert instance is not None, "the address leads to no instance"
        self._output.table(
            ["floating address", "leads to", "of instance", "through"],
            [[row["address"], fixed_address, instance["display_name"], row["host"]]],
        )
        api.floating_ip_disassociate(self._user, address)
        api.floating_ip_deallocate(self._user, address)
        api.floating_ip_destroy(self._admin, address)

    def _share(self) -> None:
        with self._scene("9. The life of a share"):
            life = []
            with self._reserved(shares=1, gigabytes=10):
                values = {"display_name": "plans", "size": 10, "share_proto": "NFS", "status": "creating"}
                share = api.share_create(self._user, {**values, **self._owner(), "metadata": {"team": "web"}})["id"]
            life.append(self._share_now("created, 10 GB", share))
            api.share_update(self._user, share, {"status": "available", "export_location": "rack2:/plans"})
            rule = api.share_access_create(
                self._user, {"share_id": share, "access_type": "ip", "access_to": f"10.{self._subnet}.0/29"}
            )
            life.append(self._share_now("exported, the network let in", share))
            with self._reserved(snapshots=1, gigabytes=10):
                snapshot = api.share_snapshot_create(
                    self._user, {"share_id": share, "size": 10, "status": "available", **self._owner()}
                )
            life.append(self._share_now("a snapshot of it", share))
            life.append(self._share_now(self._one_too_many(), share))
            with self._reserved(snapshots=-1, gigabytes=-10):
                api.share_snapshot_destroy(self._user, snapshot["id"])
            api.share_access_delete(self._user, rule["id"])
            with self._reserved(shares=-1, gigabytes=-10):
                api.share_delete(self._user, share)
            life.append(self._share_now("all of it deleted", share))
            self._output.table(["what happens", "status", "rules", "snapshots", "GB in use"], life)

    def _owner(self) -> dict[str, str]:
        return {"project_id": self._project, "user_id": "alice"}

    def _one_too_many(self) -> str:
        try:
            self._reserve(shares=1, gigabytes=10)
        except OverQuota as error:
            return f"another: too many {', '.join(error.kwargs['overs'])}"
        raise AssertionError("the reservation was granted")

    def _share_now(self, event: str, share_id: str) -> list[Any]:
        every = RequestContext("alice", self._project, is_admin=False, read_deleted="yes")
        usages = api.quota_usage_get_all_by_project(self._admin, self._project)
        return [
            event,
            api.share_get(every, share_id)["status"],
            len(api.share_access_get_all_for_share(self._user, share_id)),
            len(api.share_snapshot_get_all_for_share(self._user, share_id)),
            usages["gigabytes"]["in_use"],
        ]

    def _cleanup(self, uuids: list[str]) -> None:
        with self._scene("10. Everything is deleted, and the quota is given back"):
            for instance in uuids:
                with self._reserved(instances=-1, cores=-1, ram=-2048):
                    api.instance_destroy(self._user, instance)
            self._show_usage()
            for service in api.service_get_all(self._admin):
                if str(service["host"]).endswith(self._project):
                    api.service_destroy(self._admin, service["id"])


def _together(works: Sequence[Callable[[], str]]) -> list[str]:
    """Run each of `works` in a thread of its own, all starting at once; their results, in no order."""
    barrier = threading.Barrier(len(works))
    results: list[str] = []
    errors: list[BaseException] = []

    def one(work: Callable[[], str]) -> None:
        barrier.wait()
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
