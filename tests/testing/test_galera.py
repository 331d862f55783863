"""A throwaway Galera cluster replicates, survives the loss of a node, and comes back after the loss of all."""

from __future__ import annotations

import pytest

from rawdb.testing.databases import connected
from rawdb.testing.galera import GaleraCluster, GaleraNode


def read(node: GaleraNode) -> list[int]:
    with connected(node.url) as run:
        run("SET wsrep_sync_wait = 1")
        return [row[0] for row in run("SELECT a FROM testing.t ORDER BY a").rows]


def write(node: GaleraNode, value: int) -> None:
    with connected(node.url) as run:
        run("INSERT INTO testing.t VALUES (%(value)s)", {"value": value})


@pytest.mark.slow
@pytest.mark.dialects("mysql")
@pytest.mark.usefixtures("private_server")
def test_nodes_replicate_leave_and_come_back() -> None:
    with GaleraCluster() as cluster:
        first, second, third = cluster.nodes
        with connected(first.url) as run:
            run("CREATE DATABASE testing")
            run("CREATE TABLE testing.t (a INTEGER PRIMARY KEY)")
        write(first, 1)
        assert read(second) == read(third) == [1]

        third.kill()
        cluster.wait_for(2)
        write(second, 2)
        third.launch()
        cluster.wait_for(3)
        assert read(third) == [1, 2]

        for node in cluster.nodes:
            node.kill()
        second.launch()
        first.launch()
        cluster.wait_for(2)
        write(first, 3)
        assert read(second) == [1, 2, 3]
    assert not any(node.running for node in cluster.nodes)
