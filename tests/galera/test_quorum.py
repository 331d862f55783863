"""A node that has lost its cluster: it answers `SELECT 1`, and refuses every table. Calls end, and say so."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rawdb.dialects import parse_url
from rawdb.engine.database import Database
from rawdb.engine.retry import NO_RETRY
from rawdb.exceptions import DBConnectionError, DBOutcomeUnknown
from rawdb.testing.databases import connected, create_database
from rawdb.testing.galera import GaleraCluster

pytestmark = [pytest.mark.slow, pytest.mark.dialects("mysql"), pytest.mark.usefixtures("dialect")]

_PATIENCE = 60.0


@pytest.fixture
def cluster() -> Iterator[GaleraCluster]:
    if os.environ.get("RAWDB_TEST_MYSQL_URL"):
        pytest.skip("this run uses a given server")
    with GaleraCluster() as cluster:
        yield cluster


def count(database: Database) -> Any:
    with database.reader.autocommit.using(object()) as sql:
        return sql.execute("SELECT COUNT(*) FROM t").rows[0][0]


def write(database: Database) -> None:
    with database.writer.autocommit.using(object()) as sql:
        sql.execute("INSERT INTO t (a) VALUES (1)")


def test_without_quorum(cluster: GaleraCluster) -> None:
    name = parse_url(create_database(cluster.urls[0])).database
    url = parse_url(cluster.urls[0]).with_database(str(name)).render()
    with connected(url) as run:
        run("CREATE TABLE t (id INTEGER AUTO_INCREMENT PRIMARY KEY, a INTEGER)")
    database = Database(url, read_timeout=10.0, retry=NO_RETRY, max_retries=0)
    write(database)
    pool = database.pool()
    connection = pool.acquire()
    pool.release(connection)

    for node in cluster.nodes[1:]:
        node.kill()
    deadline = time.monotonic() + _PATIENCE
    while True:
        # Until the node has noticed, it may still read; then it refuses.
        try:
            count(database)
        except DBConnectionError as error:
            assert error.code == 1047
            break
        assert time.monotonic() < deadline, "the node goes on without its cluster"

    with connected(url) as run:
        assert run("SELECT 1").rows == [(1,)]
    assert connection.evicted
    assert pool.lent == 0
    # Refused before it was looked at: nothing is unknown of this write.
    with pytest.raises(DBConnectionError) as refused:
        write(database)
    assert not isinstance(refused.value, DBOutcomeUnknown)
    assert pool.lent == 0

    with connected(url) as run:
        run("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'")
    deadline = time.monotonic() + _PATIENCE
    while not cluster.nodes[0].answers():
        assert time.monotonic() < deadline, "the node does not come back"
    assert count(database) == 1
    write(database)
    assert count(database) == 2
    database.dispose()
