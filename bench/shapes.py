"""Memory of a process that asks for ever new shapes of one statement: finished texts are kept, but not all of them."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_SQL = """\
-- name: cells(a, limit)
-- Cells by filters.
SELECT c.a
  FROM cells AS c
 WHERE /*{filters}*/ c.a = :a /*{}*/
 LIMIT :limit;
"""
#: Every call has another combination of operators, as the digits of its number say.
_PROGRAM = """
import json, sys
from rawdb import Database, Predicate
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4
operators = ["", "=", "<>", "<", "<=", ">", ">="]
columns = "abcdefgh"
def filters(number):
    for column in columns:
        number, digit = divmod(number, 7)
        if digit:
            yield Predicate(column, operators[digit], 1)
database = Database("sqlite://", queries=sys.argv[1])
found = {}
with database.writer.autocommit.using(None) as sql:
    sql.execute(f"CREATE TABLE cells ({', '.join(f'{column} INTEGER' for column in columns)})")
    for number in range(1, int(sys.argv[2]) + 1):
        sql.cells(filters=list(filters(number)), limit=1)
        if number in (10_000, int(sys.argv[2])):
            found[number] = resident()
print(json.dumps({"kilobytes": found, "kept": len(database.cache), "misses": database.cache.misses}))
"""


def measure(shapes: int = 100_000) -> dict[str, Any]:
    """Kilobytes of the process after 10,000 shapes and after all, the texts it has kept, and those it has made."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "cells.sql").write_text(_SQL)
        command = [sys.executable, "-c", _PROGRAM, folder, str(shapes)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    print("shapes:", found)
    return found


if __name__ == "__main__":
    measure(*map(int, sys.argv[1:]))
