"""What a process pays before its first answer: the import, and the first call; and what a folder of one's own costs."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_PROGRAM = """
import json, sys, time
begin = time.process_time()
import rawdb.api
imported = time.process_time()
import rawdb
from rawdb.context import RequestContext
rawdb.configure(connection=sys.argv[1])
context = RequestContext("user17", "middle", is_admin=False)
rawdb.api.key_pair_get(context, "user17", "key")
first = time.process_time()
rawdb.api.key_pair_get(context, "user17", "key")
second = time.process_time()
print(json.dumps([imported - begin, first - imported, second - first]))
"""
_NAMES = ("import", "first call", "second call")

#: An application of one's own. The import counts for itself, then the folder.
_OWN = """
import json, sys, time
begin = time.process_time()
from rawdb import Database
url, folder, lazy = sys.argv[1], sys.argv[2], sys.argv[3] == "lazy"
database = Database(url, queries=folder, tables=folder + "/columns.csv", lazy=lazy)
imported = time.process_time()
database.statements["note7_get"]
print(json.dumps([imported - begin, time.process_time() - imported]))
"""
OWN_STATEMENTS = 200
_COLUMNS = "table,column,type,nullable,default,on_update,primary_key,autoincrement\n"
_TABLE = """\
{name},id,int,no,,,yes,yes
{name},author,string(64),no,,,,
{name},text,text,yes,,,,
{name},pinned,bool,no,False,,,
{name},created_at,datetime,yes,utcnow(),,,
{name},updated_at,datetime,yes,,utcnow(),,
"""
_STATEMENTS = """\
-- name: {name}_get(id)^
-- One note. Index: PRIMARY. Locks: none.
SELECT n.*
  FROM {name} AS n
 WHERE n.id = :id;

-- name: {name}_get_all(author, after, limit, pinned)
-- A page of an author's notes. Index: author. Locks: none.
SELECT n.id, n.author, n.text, n.created_at
  FROM {name} AS n
 WHERE n.author = :author
   AND /*{{filters}}*/ n.pinned = :pinned /*{{}}*/
   AND n.id > :after
 ORDER BY n.id
 LIMIT :limit;

-- name: {name}_create(author, text)<!
-- Store a note. Index: none. Locks: the new row.
INSERT INTO {name} (/*{{columns}}*/ author, text /*{{}}*/)
VALUES /*{{rows}}*/ (:author, :text) /*{{}}*/;

-- name: {name}_update(id, text)!
-- Change a note. Index: PRIMARY. Locks: the row.
UPDATE {name}
   SET /*{{set}}*/ text = :text /*{{}}*/
 WHERE id = :id;
"""


def measure(url: str, runs: int = 7) -> dict[str, Any]:
    """Milliseconds of CPU for `import rawdb.api`, for the first call of key_pair_get, and for the second one.

    And, for a folder of OWN_STATEMENTS, to load it: whole, as it is done if nothing is said, and lazily.
    """
    found: dict[str, Any] = dict(zip(_NAMES, _median(_PROGRAM, [url], runs), strict=True))
    with tempfile.TemporaryDirectory() as folder:
        _write_own(Path(folder))
        for way in ("whole", "lazy"):
            found[f"own, {way}"] = _median(_OWN, [url, folder, way], runs)[1]
    print("startup, milliseconds of CPU:", found)
    return found


def _median(program: str, arguments: Sequence[str], runs: int) -> list[float]:
    taken = []
    with tempfile.TemporaryDirectory() as cache:
        # As where a package is installed: its byte code is there. The run that writes it does not count.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(runs + 1):
            command = [sys.executable, "-c", program, *arguments]
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
            if number:
                taken.append(json.loads(done.stdout))
    return [round(statistics.median(values) * 1000, 2) for values in zip(*taken, strict=True)]


def _write_own(folder: Path) -> None:
    """An application's SQL: a file for each of its tables, four statements in each."""
    names = [f"note{number}" for number in range(OWN_STATEMENTS // _STATEMENTS.count("-- name"))]
    (folder / "columns.csv").write_text(_COLUMNS + "".join(_TABLE.format(name=name) for name in names))
    for name in names:
        (folder / f"{name}.sql").write_text(_STATEMENTS.format(name=name))
