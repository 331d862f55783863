"""A throwaway Galera cluster: MariaDB nodes on loopback that replicate to each other synchronously.

It needs Debian's mariadb-server and galera-4. A node takes about 130 MB of memory and some seconds to join.

    with GaleraCluster() as cluster:
        first, second, third = cluster.urls
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rawdb.testing.databases import connected
from rawdb.testing.servers import MariaDBServer, ServerError, free_port

_PROVIDERS = ("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so")
_PATIENCE = 60.0


class GaleraNode(MariaDBServer):
    """One node. `kill()`, `shut_down()` and `launch()` make it leave and come back."""

    def __init__(self, cluster: GaleraCluster, name: str, *settings: str) -> None:
        super().__init__(*settings)
        self.name = name
        self._cluster = cluster
        # For the group, incremental state transfer, and whole state transfer.
        self.group_port, self._ist_port, self._sst_port = free_port(), free_port(), free_port()

    def command(self) -> list[str]:
        """The server's command line: the first node of a cluster that is down starts a new one."""
        provider_options = {
            "base_host": "127.0.0.1",
            "base_port": self.group_port,
            "gmcast.listen_addr": f"tcp://127.0.0.1:{self.group_port}",
            "ist.recv_addr": f"127.0.0.1:{self._ist_port}",
            "gcache.size": "16M",
        }
        options = [
            "--wsrep-on=ON",
            f"--wsrep-provider={_provider()}",
            f"--wsrep-provider-options={';'.join(f'{key}={value}' for key, value in provider_options.items())}",
            f"--wsrep-cluster-address={self._cluster.address}",
            "--wsrep-cluster-name=rawdb",
            f"--wsrep-node-name={self.name}",
            f"--wsrep-node-address=127.0.0.1:{self.group_port}",
            "--wsrep-sst-method=rsync",
            f"--wsrep-sst-receive-address=127.0.0.1:{self._sst_port}",
            "--binlog-format=ROW",
            "--innodb-autoinc-lock-mode=2",
        ]
        command = [*super().command(), *options]
        if any(node.running for node in self._cluster.nodes if node is not self):
            # The accounts come with the state of the others.
            return [option for option in command if not option.startswith("--init-file")]
        self._allow_bootstrap()
        return [*command, "--wsrep-new-cluster"]

    def answers(self) -> bool:
        """Whether the node is a synchronised member of a cluster that has its quorum."""
        try:
            return super().answers() and self.state() == "Synced"
        except Exception:
            # A node that takes over the data of another drops connections.
            return False

    def state(self) -> str:
        """The node's own word on itself: Synced, Donor/Desynced, Joined, Initialized (no quorum), ..."""
        with connected(self.url) as run:
            return str(run("SHOW STATUS LIKE 'wsrep_local_state_comment'").rows[0][1])

    def _allow_bootstrap(self) -> None:
        # A node that was not the last to leave refuses to; in a test we are the administrator who knows better.
        saved = self.data / "grastate.dat"
        if saved.exists():
            saved.write_text(saved.read_text().replace("safe_to_bootstrap: 0", "safe_to_bootstrap: 1"))


class GaleraCluster:
    """Some nodes, three by default; a `with` block starts them one after the other and stops them."""

    def __init__(self, size: int = 3, *settings: str) -> None:
        """`settings` are further options for each node's command line."""
        self.nodes = [GaleraNode(self, f"node{number}", *settings) for number in range(1, size + 1)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Where the nodes find each other."""
        return "gcomm://" + ",".join(f"127.0.0.1:{node.group_port}" for node in self.nodes)

    @property
    def urls(self) -> list[str]:
        """An administrator's URL of each node."""
        return [node.url for node in self.nodes]

    def start(self) -> None:
        """Start all nodes; returns when each sees all others. Raises ServerError when one does not come up."""
        _provider()
        try:
            for node in self.nodes:
                node.start()
            self.wait_for(len(self.nodes))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all nodes and remove their folders. Repeatable."""
        for node in self.nodes:
            node.stop()

    def wait_for(self, size: int) -> None:
        """Wait until every running node sees a cluster of that many nodes, with quorum."""
        deadline = time.monotonic() + _PATIENCE
        while not all(_sees(node, size) for node in self.nodes if node.running):
            if time.monotonic() > deadline:
                raise ServerError(f"no cluster of {size} nodes came about")
            time.sleep(0.1)


def _sees(node: GaleraNode, size: int) -> bool:
    with connected(node.url) as run:
        rows = run("SHOW STATUS WHERE variable_name IN ('wsrep_cluster_size', 'wsrep_cluster_status')").rows
    return sorted(str(value) for _, value in rows) == sorted([str(size), "Primary"])


def _provider() -> Path:
    for path in _PROVIDERS:
        if os.access(path, os.R_OK):
            return Path(path)
    raise ServerError("the Galera library was not found: install it (Debian package galera-4)")
