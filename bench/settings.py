"""What a measurement was made on: versions, settings of the servers, the machine."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from bench.dataset import Dataset
from bench.sessions import Floor
from rawdb.testing.databases import server_version

_ASKED = {
    "sqlite": {"journal_mode": "PRAGMA journal_mode", "synchronous": "PRAGMA synchronous"},
    "postgresql": {
        name: f"SHOW {name}" for name in ("shared_buffers", "fsync", "synchronous_commit", "full_page_writes")
    },
    "mysql": {
        name: f"SELECT @@{name}"
        for name in ("innodb_buffer_pool_size", "innodb_flush_log_at_trx_commit", "innodb_flush_method")
    },
}
_DRIVERS = {"postgresql": "psycopg", "mysql": "PyMySQL"}


def of(dialect: str, url: str, data: Dataset) -> dict[str, Any]:
    """Versions, the settings that matter, the size of the dataset, and how busy the machine was at the start."""
    session = Floor(url)
    try:
        settings = {name: str(*session.rows(text)[0].values()) for name, text in _ASKED[dialect].items()}
    finally:
        session.close()
    driver = _DRIVERS.get(dialect)
    return {
        "server": server_version(url),
        "driver": f"{driver} {version(driver)}" if driver else f"sqlite3 of Python, library {sqlite3.sqlite_version}",
        "python": platform.python_version(),
        "settings": settings,
        "instances": data.size,
        "system_metadata": data.system_metadata,
        **conditions(),
    }


def conditions(instances: int | None = None) -> dict[str, Any]:
    """On what, when, and beside what else a part was measured."""
    found: dict[str, Any] = {
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "date": datetime.now(UTC).date().isoformat(),
    }
    return found if instances is None else {"instances": instances, **found}
