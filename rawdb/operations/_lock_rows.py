"""Lock rows for tables without a unique key: what all writers of a new row write, so that one of them comes first."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from rawdb.operations._operation import sql
from rawdb.operations.quotas.usages import lock_projects

#: Rows of quota_locks that a table takes up. Two keys that share one wait for each other, and nothing else happens.
_LOCKS = 64


def lock_new_row(context: Any, table: str, key: Any) -> None:
    """Let nobody else store the first row of `key` until this transaction ends. Must be its first statement.

    A row that is written holds between the nodes of a Galera cluster too. It goes out with the
    next statement.
    """
    lock_projects(sql(context), [f"{table}/{crc32(str(key).encode(errors='replace')) % _LOCKS}"])
